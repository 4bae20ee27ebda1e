"""What installs packages: uv, which takes seconds, and pip, which every Python has, where uv cannot be had.

Standard library only: this runs before there is an environment.
"""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("uv-requirements.txt")
FOLDER = ".venv-uv"
"""Beside the environments, which share it."""

_PIP = ("-m", "pip", "install", "--no-input", "--progress-bar", "off", "--disable-pip-version-check")
_LOCKED = ("--no-deps", "--no-compile")
"""All that is needed is named, with its version and hashes; Python compiles what it imports, and no more."""


def commands(python: Path, requirements: Path) -> Iterator[Sequence[str]]:
    """The ways to install what is locked for this interpreter's environment, the best first.

    To ask for the first may download uv.
    """
    if uv := _uv(python):
        yield str(uv), "pip", "install", "--python", str(python), "--require-hashes", "-r", str(requirements)
    yield str(python), *_PIP, *_LOCKED, "-r", str(requirements)


def _uv(python: Path) -> Path | None:
    """The version of uv that is pinned, downloaded where it is not there; None where that cannot be done.

    Nor where pip is told to ask another index than PyPI: of that uv knows nothing.
    """
    folder = python.parents[2] / FOLDER
    program, stamp = folder / "bin" / "uv", folder / "installed.txt"
    if _has_index_of_its_own(python):
        return None
    if not (program.exists() and stamp.exists() and stamp.read_bytes() == REQUIREMENTS.read_bytes()):
        shutil.rmtree(folder, ignore_errors=True)
        command = [str(python), *_PIP, *_LOCKED, "--target", str(folder), "-r", str(REQUIREMENTS)]
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if ended.returncode or not program.exists():
            return None
        shutil.copyfile(REQUIREMENTS, stamp)
    return program


def _has_index_of_its_own(python: Path) -> bool:
    asked = subprocess.run(
        [str(python), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    names = {line.partition("=")[0].rpartition(".")[2] for line in asked.stdout.splitlines()}
    return not names.isdisjoint({"index-url", "no-index"})
