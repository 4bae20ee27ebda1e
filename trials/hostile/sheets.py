"""Exports opened in LibreOffice: which cells it takes for formulas."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

_FORMULA = re.compile(r'table:formula="([^"]*)"')


def formulas_in(name: str, content: bytes) -> list[str] | None:
    """The formulas that LibreOffice finds in a file of this name; None where it is not installed."""
    soffice = shutil.which("soffice")
    if soffice is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / name
        source.write_bytes(content)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [soffice, profile, "--headless", "--convert-to", "fods", "--outdir", folder, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return _FORMULA.findall(source.with_suffix(".fods").read_text(encoding="utf-8"))
