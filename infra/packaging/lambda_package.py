"""The ZIP file that AWS Lambda runs: the product's own packages, wheels for Lambda's Linux, compiled."""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
REQUIREMENTS = Path(__file__).with_name("requirements-lambda.txt")

PYTHON = (3, 11)
PLATFORMS = ("manylinux_2_26_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")
"""Lambda runs Python 3.11 on Amazon Linux 2, which has glibc 2.26.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"""
PLACE = "/var/task"
"""Where Lambda unpacks it."""

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MOST_UNPACKED = 250 * 1024 * 1024
MOST_SENT_DIRECTLY = 50 * 1024 * 1024
"""Larger packages reach Lambda by way of S3."""

_OWN_PACKAGES = ("db", "ingestion", "tasks")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "migrations")

# What only development needs, and what differs from one build to the next.
_FOLDERS = frozenset({"tests", "test", "bin"})
_SUFFIXES = frozenset({".pyi", ".pyx", ".pxd", ".c", ".h", ".a"})
_NAMES = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})
_SERVICES = frozenset({"s3", "sqs", "sts"})
"""Of botocore's descriptions of all services of AWS, which are a quarter of everything, these are used."""

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
    """Make the package at `target` of what is gathered in `folder`, which must not exist.

    Raises PackagingError.
    """
    if sys.version_info[:2] != PYTHON:
        raise PackagingError("The package holds compiled code: make it with Python 3.11, which Lambda runs.")
    _install(folder)
    for name in _OWN_PACKAGES:
        shutil.copytree(PROJECT / name, folder / name, ignore=_LEFT_OUT)
    for path in list(_unwanted(folder)):
        path.unlink()
    _compile(folder)
    return pack(target, folder)


def pack(target: Path, folder: Path) -> Package:
    """Write the ZIP file; the same files give the same bytes. Raises PackagingError."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    unpacked = sum(path.stat().st_size for path in files)
    if unpacked > MOST_UNPACKED:
        raise PackagingError(
            f"Unpacked, the package has {unpacked:,} bytes, and Lambda takes {MOST_UNPACKED:,}. "
            f"Remove what is not needed from {REQUIREMENTS.name}."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as archive:
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            entry.external_attr = _READABLE
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    with target.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Package(target, target.stat().st_size, unpacked, len(files), sha256)


def _install(folder: Path) -> None:
    platforms = (word for platform in PLATFORMS for word in ("--platform", platform))
    _run(
        *("pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile"),
        *("--only-binary=:all:", "--implementation", "cp", "--python-version", "{}.{}".format(*PYTHON)),
        *platforms,
        *("--target", str(folder), "--requirement", str(REQUIREMENTS)),
    )


def _compile(folder: Path) -> None:
    """Lambda's disk is read-only: what is not compiled here is compiled again in every new container.

    Compiled files that name no time are taken as they are.
    """
    _run(
        "compileall",
        "-q",
        "-s",
        str(folder),
        "-p",
        PLACE,
        "--invalidation-mode",
        "unchecked-hash",
        str(folder),
    )


def _run(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PackagingError(f"{arguments[0]} failed:\n{done.stdout}{done.stderr}".strip())


def _unwanted(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        is_left_out = (
            _FOLDERS.intersection(name.parts[:-1]) or name.suffix in _SUFFIXES or name.name in _NAMES
        )
        if path.is_file() and (is_left_out or _is_of_another_service(name)):
            yield path


def _is_of_another_service(name: Path) -> bool:
    # botocore/data/<service>/<version>/<file>; files right in data are about all of them.
    return name.parts[:2] == ("botocore", "data") and len(name.parts) > 3 and name.parts[2] not in _SERVICES
