"""The beginning of an uploaded file: what kind of file it is, and its first records in a way to read it."""

import codecs
import io
import itertools
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from ingestion.csv_file import dialects, encodings, workbook
from ingestion.csv_file.encodings import Encoding
from ingestion.csv_file.kinds import Kind, kind_of
from ingestion.csv_file.options import Dialect
from ingestion.csv_file.quoting import Batch, Records
from ingestion.csv_file.records import sheet_records
from ingestion.csv_file.text import DAMAGED_ARCHIVE, is_ebcdic, too_large_unpacked, with_line_feeds
from ingestion.errors import UnreadableFile

SAMPLE_RECORDS = 200
_SAMPLE_BYTES = 1024 * 1024


class SampledRecord(NamedTuple):
    """A record of the beginning of a file."""

    number: int
    cells: list[str]
    flaw: str | None


@dataclass(frozen=True)
class Source:
    """The beginning of a file, unpacked."""

    head: bytes
    """All of a workbook, at most a megabyte of a text."""
    is_complete: bool
    """Whether the head is all of the file."""
    is_compressed: bool = False
    encoding: Encoding | None = None
    """How the text may be written; None for a workbook."""
    sheets: tuple[str, ...] = ()
    """The visible sheets of a workbook."""

    def sample(
        self, *, encoding: str | None = None, dialect: Dialect | None = None
    ) -> tuple[Dialect, list[SampledRecord]]:
        """The first records of a text, and the dialect found unless one is given. Raises UnreadableFile."""
        text = self._text(encoding or self.readings[0].encoding)
        dialect = dialect or dialects.detect(text)
        sampled = _first(Records(io.StringIO(text, newline=""), lambda: _again(text), dialect))
        # Where the head ends, a record may be cut in two.
        return dialect, sampled if self.is_complete else sampled[:-1] or sampled

    def sheet(self, name: str) -> list[SampledRecord]:
        """The first rows of a sheet. Raises UnreadableFile."""
        return _first(sheet_records(self.head, name))

    @property
    def readings(self) -> Sequence[encodings.Reading]:
        """The ways in which the text may be written, the likeliest first."""
        assert self.encoding is not None, "a workbook says how it is written"
        return self.encoding.readings

    def _text(self, encoding: str) -> str:
        head = with_line_feeds(self.head, encoding) if is_ebcdic(encoding) else self.head
        try:
            return codecs.getincrementaldecoder(encoding)().decode(head, final=self.is_complete)
        except UnicodeDecodeError:
            raise UnreadableFile(f"The file is not written in {encoding}. Choose another encoding.") from None


def examine(content: bytes, *, is_complete: bool, max_bytes: int) -> Source:
    """Look at a file: all of it, or its first megabytes; `max_bytes` is the most that it may hold unpacked.

    Raises UnreadableFile when it is another kind of file, or damaged.
    """
    kind = kind_of(content)
    if kind is Kind.WORKBOOK:
        return Source(content, is_complete=True, sheets=tuple(workbook.sheet_names(content)))
    if kind is Kind.GZIP:
        content = _unpacked(content, max_bytes, is_complete=is_complete)
        if kind_of(content) is not Kind.TEXT:
            raise UnreadableFile(
                "The gzip archive holds another archive. Unpack it and upload the file inside."
            )
    return Source(
        content[:_SAMPLE_BYTES],
        is_complete=is_complete and len(content) <= _SAMPLE_BYTES,
        is_compressed=kind is Kind.GZIP,
        encoding=encodings.detect(content, is_complete=is_complete),
    )


def _unpacked(content: bytes, max_bytes: int, *, is_complete: bool) -> bytes:
    """All of a gzip archive (of one or several members, RFC 1952 §2.2), or as much as its beginning gives."""
    most = max_bytes if is_complete else min(max_bytes, _SAMPLE_BYTES)
    unpacked = bytearray()
    try:
        while content:
            unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
            unpacked += unpacker.decompress(content, most + 1 - len(unpacked))
            if len(unpacked) > most:
                break
            if not unpacker.eof:
                if is_complete:
                    raise UnreadableFile(DAMAGED_ARCHIVE)
                break
            content = unpacker.unused_data.lstrip(b"\0")
    except zlib.error:
        raise UnreadableFile(DAMAGED_ARCHIVE) from None
    if is_complete and len(unpacked) > max_bytes:
        raise UnreadableFile(too_large_unpacked(max_bytes))
    return bytes(unpacked)


def _first(batches: Records | Iterator[Batch]) -> list[SampledRecord]:
    records = (
        SampledRecord(number, cells, batch.flaws.get(number))
        for batch in batches
        for number, cells in zip(batch.numbers, batch.rows, strict=True)
    )
    return list(itertools.islice(records, SAMPLE_RECORDS))


@contextmanager
def _again(text: str) -> Iterator[Iterator[str]]:
    yield io.StringIO(text, newline="")
