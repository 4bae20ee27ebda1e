"""The one file that holds an installation: a plain tar, which says of every part what it must be.

    database.dump          what pg_dump wrote, in its custom format
    objects/{key}          the uploaded files
    manifest.json          what this is, and the size and SHA-256 of each of the above
    manifest.sha256        of the manifest, as sha256sum writes it

The manifest comes last, because it is known last: a file that was cut off has none.
"""

import contextlib
import fcntl
import hashlib
import os
import tarfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from pydantic import TypeAdapter, ValidationError

from ingestion.backup.manifest import FORMAT, Content, Manifest
from ingestion.errors import Conflict, IngestionError

MANIFEST = "manifest.json"
CHECKSUM = "manifest.sha256"

CHUNK_BYTES = 1024 * 1024
_MAX_MANIFEST_BYTES = 1024 * 1024 * 1024


class Readable(Protocol):
    """What gives its bytes a piece at a time."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


Tell = Callable[[str], None]
"""Receives a line about what is under way."""
Part = Callable[[str], IO[bytes]]
"""Gives a part of an archive by its name; it is to be closed."""


class UnusableBackup(IngestionError):
    """The file is no backup, is damaged, or is of a later release. Nothing was touched."""


_MANIFEST = TypeAdapter(Manifest)
_FORMAT = TypeAdapter(dict[str, object])


class Writer:
    """Writes an archive to a file that is open for that and stands at its beginning."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def add(self, name: str, chunks: Iterable[bytes]) -> Content:
        """Write one part as it comes, its size unknown before; nothing of it is left where that fails."""
        start = self._file.tell()
        digest, size = hashlib.sha256(), 0
        try:
            self._file.write(bytes(tarfile.BLOCKSIZE))  # its header's place
            for chunk in chunks:
                self._file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            self._file.write(bytes(-size % tarfile.BLOCKSIZE))
            end = self._file.tell()
            self._file.seek(start)
            self._file.write(_header(name, size))
            self._file.seek(end)
        except BaseException:
            with contextlib.suppress(OSError):  # what could not be written may come again
                self._file.seek(start)
                self._file.truncate()
            raise
        return Content(size, digest.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        """Write what the archive holds, and its end."""
        text = _MANIFEST.dump_json(manifest, indent=1)
        content = self.add(MANIFEST, [text])
        self.add(CHECKSUM, [f"{content.sha256}  {MANIFEST}\n".encode()])
        self._file.write(bytes(2 * tarfile.BLOCKSIZE))


@contextmanager
def written(path: Path, *, replace: bool) -> Iterator[Writer]:
    """A writer of `path`, which only its owner may read. It gets its name when it is whole and on the disk.

    Raises Conflict where `path` exists and is not to be replaced, or is being written.
    """
    if path.exists() and not replace:
        raise Conflict(f"{path} exists already. Name another file, or add --force to replace it.")
    unfinished = path.with_name(f"{path.name}.part")
    descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"Another backup is writing {path}. Wait for it.") from None
        try:
            os.fchmod(file.fileno(), 0o600)
            file.truncate()
            yield Writer(file)
            file.flush()
            os.fsync(file.fileno())
            unfinished.rename(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


def verified(path: Path, tell: Tell) -> Manifest:
    """What an archive holds, after every byte of it was compared. Raises UnusableBackup, OSError."""
    with _opened(path) as tar:
        manifest = _manifest_of(tar, path)
        members = {member.name: member for member in tar.getmembers()}
        contents = manifest.contents()
        if members.keys() != {*contents, MANIFEST, CHECKSUM} or len(members) != len(tar.getmembers()):
            raise _damaged(path, "its parts are not those that it names")
        for number, (name, expected) in enumerate(contents.items(), start=1):
            tell(f"part {number:,} of {len(contents):,}")
            with _part(tar, name) as part:
                found = content_of(part)
            if found != expected:
                raise _damaged(path, f"{name} is not what was put in")
    return manifest


def content_of(body: Readable) -> Content:
    """The size and the hash of what is left to read."""
    digest, size = hashlib.sha256(), 0
    while chunk := body.read(CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    return Content(size, digest.hexdigest())


@contextmanager
def part_of(path: Path, name: str) -> Iterator[IO[bytes]]:
    """One part of a verified archive, to be read."""
    with _opened(path) as tar, _part(tar, name) as part:
        yield part


@contextmanager
def parts_of(path: Path) -> Iterator[Part]:
    """What gives the parts of a verified archive by their names."""
    with _opened(path) as tar:
        yield lambda name: _part(tar, name)


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:") as tar:
            yield tar
    except FileNotFoundError:
        raise UnusableBackup(f"There is no file {path}.") from None
    except tarfile.ReadError as error:
        raise _damaged(path, str(error)) from error


def _part(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    part = tar.extractfile(name)
    if part is None:  # a link or a folder
        raise tarfile.ReadError(f"{name} is no file")
    return part


def _manifest_of(tar: tarfile.TarFile, path: Path) -> Manifest:
    try:
        with _part(tar, MANIFEST) as part:
            text = part.read(_MAX_MANIFEST_BYTES)
        with _part(tar, CHECKSUM) as part:
            checksum = part.read(len("0" * 64)).decode("ascii", "replace")
    except KeyError:
        raise _damaged(path, "it has no end, or it is no backup of this product") from None
    if hashlib.sha256(text).hexdigest() != checksum:
        raise _damaged(path, f"{MANIFEST} is not what was put in")
    try:
        if _FORMAT.validate_json(text).get("format") != FORMAT:
            raise UnusableBackup(f"{path} is of another release of this product. Restore it with that one.")
        return _MANIFEST.validate_json(text)
    except ValidationError:
        raise _damaged(path, f"{MANIFEST} says other things than a backup's does") from None


def _damaged(path: Path, reason: str) -> UnusableBackup:
    return UnusableBackup(f"{path} is no whole backup ({reason}). Use another backup: nothing was changed.")


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(time.time())
    header = member.tobuf(tarfile.GNU_FORMAT)  # which has room for sizes beyond 8 GiB
    if len(header) != tarfile.BLOCKSIZE:
        raise ValueError(f"{name} is too long a name for an archive")
    return header
