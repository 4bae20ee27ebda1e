"""The ZIP file that AWS Lambda runs: the product's own packages and wheels for Lambda's Linux."""

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
REQUIREMENTS = Path(__file__).with_name("requirements-lambda.txt")
OWN_PACKAGES = ("db", "ingestion", "tasks")

PYTHON = "3.11"
PLATFORMS = ("manylinux_2_26_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")
"""Lambda runs Python 3.11 on Amazon Linux 2, which has glibc 2.26.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"""

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MOST_UNPACKED = 250 * 1024 * 1024
MOST_SENT_DIRECTLY = 50 * 1024 * 1024
"""Larger packages reach Lambda by way of S3."""

# Left out: what only development needs, and what differs from one build to the next.
_FOLDERS = {"__pycache__", "tests", "test", "bin", "migrations"}
_SUFFIXES = {".pyc", ".pyi", ".pyx", ".pxd", ".c", ".h", ".a"}
_NAMES = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first time that a ZIP file can name."""
_READABLE = 0o100644 << 16


class PackagingError(Exception):
    """The package cannot be made. The message says why."""


@dataclass(frozen=True)
class Package:
    """A package that was made. Sizes are in bytes."""

    path: Path
    size: int
    unpacked: int
    files: int
    sha256: str

    @property
    def goes_by_way_of_s3(self) -> bool:
        """Whether it is too large to be sent to Lambda directly."""
        return self.size > MOST_SENT_DIRECTLY


def build(target: Path, folder: Path) -> Package:
    """Make the package at `target`; wheels are unpacked in `folder`, which must not exist. Raises PackagingError."""
    _install(folder)
    return pack(target, [folder, *(PROJECT / name for name in OWN_PACKAGES)])


def pack(target: Path, folders: Sequence[Path]) -> Package:
    """Write what folders hold to `target`: of a package of the product by its name, of others what is within.

    The same files give the same bytes. Raises PackagingError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    files = [found for folder in folders for found in _files(folder)]
    unpacked = _write(target, files)
    if unpacked > MOST_UNPACKED:
        raise PackagingError(
            f"Unpacked, the package has {unpacked:,} bytes, and Lambda takes {MOST_UNPACKED:,}. "
            f"Remove what is not needed from {REQUIREMENTS.name}."
        )
    with target.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Package(target, target.stat().st_size, unpacked, len(files), sha256)


def _install(folder: Path) -> None:
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"),
        *("--only-binary=:all:", "--implementation", "cp", "--python-version", PYTHON),
        *(word for platform in PLATFORMS for word in ("--platform", platform)),
        *("--target", str(folder), "--requirement", str(REQUIREMENTS)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PackagingError(f"pip could not fetch the wheels:\n{done.stderr.strip()}")


def _files(folder: Path) -> list[tuple[str, Path]]:
    """What of a folder belongs into the package, by its name there."""
    root = PROJECT if folder.parent == PROJECT else folder
    found = [(path.relative_to(root), path) for path in folder.rglob("*") if path.is_file()]
    return [(name.as_posix(), path) for name, path in found if _is_wanted(name)]


def _is_wanted(path: Path) -> bool:
    return not (_FOLDERS.intersection(path.parts[:-1]) or path.suffix in _SUFFIXES or path.name in _NAMES)


def _write(target: Path, files: list[tuple[str, Path]]) -> int:
    """Write the ZIP file; the bytes that it holds."""
    size = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, path in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _READABLE
            content = path.read_bytes()
            archive.writestr(entry, content)
            size += len(content)
    return size
