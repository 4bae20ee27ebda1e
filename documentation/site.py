"""The static site: its source is laid out in build/site-source, and built in build/site."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from documentation.assembly import REPOSITORY, assemble

_LOGO = "logo.svg"
_INK, _LIGHT_INK = "#17252b", "#e6eef0"


def build(root: Path, repository: str | None) -> int:
    """Build the site of the repository at `root`; 0 when there was no error and no warning.

    `repository` is the address below which files are that are linked to and are no part of the site; without
    one the links lead to those of this clone.
    """
    source, target = root / "build" / "site-source", root / "build" / "site"
    assemble(root, source)
    _add_logo(root / "dashboard" / "assets", source)
    shutil.rmtree(target, ignore_errors=True)
    options = ["--fail-on-warning", "--keep-going", "--nitpicky", "--fresh-env", "--quiet"]
    doctrees = ["-d", str(root / "build" / "doctrees")]
    command = [sys.executable, "-m", "sphinx", *options, *doctrees, str(source), str(target)]
    code = subprocess.run(command, check=False).returncode
    for page in target.rglob("*.html"):
        to_root = os.path.relpath(root, page.parent)
        page.write_text(page.read_text().replace(REPOSITORY, repository or to_root))
    return code


def _add_logo(assets: Path, source: Path) -> None:
    """The dashboard's logo, and one for dark pages, on which its words would not be seen."""
    logo = (assets / _LOGO).read_text()
    (source / "_static" / _LOGO).write_text(logo)
    (source / "_static" / "logo-dark.svg").write_text(logo.replace(_INK, _LIGHT_INK))
    shutil.copyfile(assets / "icon.svg", source / "icon.svg")
