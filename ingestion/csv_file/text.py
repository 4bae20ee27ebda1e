"""A stored text file, opened: unpacked, its line ends those that the csv module knows, its bytes decoded."""

import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ingestion.csv_file.encodings import undecodable
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.undecodable import has_undecodable
from ingestion.errors import UnreadableFile
from ingestion.settings import MEGABYTE

MAX_UNPACKED_BYTES = 5000 * MEGABYTE
"""The most that any setting of MAX_UPLOAD_MB lets in, so that an archive cannot fill a worker's disk."""

MAX_MEMBERS = 100_000
"""Of a gzip archive. Programs that pack by the block make one of each 64 KB; empty ones take time."""

_CHUNK = 1024 * 1024
_PACKED_CHUNK = 64 * 1024

DAMAGED_ARCHIVE = "The gzip archive is damaged or incomplete. Pack the file again and upload it again."
_MANY_MEMBERS = (
    f"The gzip archive is made of more than {MAX_MEMBERS:,} parts, which is the most that is taken. "
    "Unpack it and upload the file inside, or pack that again."
)


def too_large_unpacked(max_bytes: int) -> str:
    """What is said of an archive that holds more than is taken."""
    return (
        f"Unpacked, the file has more than {max_bytes // MEGABYTE:,} MB, which is the most that is taken. "
        "Split it and upload the parts."
    )


@contextmanager
def plain_text(path: Path, options: ParseOptions, max_bytes: int) -> Iterator[Path]:
    """The file as text that can be read from its beginning more than once: itself, or a temporary copy.

    `max_bytes` is the most that an archive may hold. Raises UnreadableFile.
    """
    ebcdic = is_ebcdic(options.encoding)
    if not options.is_compressed and not ebcdic:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="ingestion-") as folder:
        copy = Path(folder) / "text"
        with path.open("rb") as file, copy.open("wb") as target:
            for chunk in unpacked(file, max_bytes) if options.is_compressed else _chunks(file):
                target.write(with_line_feeds(chunk, options.encoding) if ebcdic else chunk)
        yield copy


def is_ebcdic(encoding: str) -> bool:
    """Whether it is one of IBM's mainframes', which end lines with a character of their own (NEL)."""
    return "\x85".encode(encoding, "ignore") == b"\x15"


def with_line_feeds(content: bytes, encoding: str) -> bytes:
    """Text in EBCDIC with its lines ended as anywhere else. All its characters are single bytes."""
    return content.replace(b"\x15", "\n".encode(encoding))


@contextmanager
def opened(path: Path, encoding: str) -> Iterator[IO[str]]:
    """The text at `path`, line ends kept. Raises UnreadableFile, also later, where bytes are not text."""
    with located(path, encoding), path.open(encoding=encoding, newline="") as text:
        yield text


@contextmanager
def located(path: Path, encoding: str) -> Iterator[None]:
    """Whoever reads the text at `path` herein learns by UnreadableFile where bytes are not text."""
    # Its codec passes halves of characters, which nothing behind it can write.
    if encoding == "utf-7" and has_undecodable(path, encoding):
        raise UnreadableFile(undecodable(path, encoding))
    try:
        yield
    except UnicodeError as error:
        # One that cannot be encoded was not read here.
        if isinstance(error, UnicodeEncodeError):
            raise
        raise UnreadableFile(undecodable(path, encoding)) from None


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def unpacked(archive: IO[bytes], max_bytes: int, *, is_complete: bool = True) -> Iterator[bytes]:
    """What a gzip archive holds (one or several members, RFC 1952 §2.2), in chunks of a megabyte at most.

    `max_bytes` is the most that it may hold. Unless `is_complete`, it may end anywhere.
    Raises UnreadableFile.
    """
    size = 0
    for chunk in _chunks_of_members(archive, is_complete=is_complete):
        size += len(chunk)
        if size > max_bytes:
            raise UnreadableFile(too_large_unpacked(max_bytes))
        yield chunk


def _chunks_of_members(archive: IO[bytes], *, is_complete: bool) -> Iterator[bytes]:
    packed = b""
    for _ in range(MAX_MEMBERS):
        engine = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)  # with gzip's header and checksum
        while not engine.eof:
            packed = packed or archive.read(_PACKED_CHUNK)
            try:
                chunk = engine.decompress(packed, _CHUNK)
            except zlib.error:
                raise UnreadableFile(DAMAGED_ARCHIVE) from None
            if chunk:
                yield chunk
            elif not packed:
                if is_complete:
                    raise UnreadableFile(DAMAGED_ARCHIVE)
                return
            packed = engine.unconsumed_tail
        packed = _next_member(archive, engine.unused_data)
        if not packed:
            return
    raise UnreadableFile(_MANY_MEMBERS)


def _next_member(archive: IO[bytes], packed: bytes) -> bytes:
    """The beginning of the next member; zeros may stand before it, and behind the last one."""
    while not (packed := packed.lstrip(b"\0")) and (packed := archive.read(_PACKED_CHUNK)):
        pass
    return packed
