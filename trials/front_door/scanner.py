"""A scanner, used as a program: what it finds at the product's address."""

import json
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from dashboard.session_cookie import SESSION_COOKIE

_MODULES = "common,backup,crlf,csrf,htaccess,log4shell,methods,shellshock,spring4shell"
"""Wapiti's own choice, and those others that are about a server as this one and ask no other host."""
_SECONDS = 540


def scan(scanner: Path, address: str, token: str) -> list[str]:
    """Run a `wapiti` as somebody who is signed in; one line for each of its findings.

    Raises RuntimeError where it wrote no report.
    """
    host, cookie = urlsplit(address).hostname or "", f"{SESSION_COOKIE}={token}"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        said = subprocess.run(
            [
                *(str(scanner), "--url", f"{address}/", "--scope", "folder", "--module", _MODULES),
                *("--header", f"Cookie: {cookie}", "--max-scan-time", str(_SECONDS), "--flush-session"),
                *("--store-session", folder, "--format", "json", "--output", str(report)),
                *("--start", f"{address}/uploads?job=1", "--start", f"{address}/downloads/1/contacts.csv"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if not report.exists():
            raise RuntimeError(f"The scanner wrote no report about {host}: {said.stderr[-500:]}")
        found = json.loads(report.read_text(encoding="utf-8"))
    return [
        f"{kind}: {one['method']} {one['path']}: {one['info']}"
        for part in ("vulnerabilities", "anomalies", "additionals")
        for kind, ones in found[part].items()
        for one in ones
    ]
