"""The beginning of an uploaded file: what kind of file it is, and its first records in a way to read it."""

import codecs
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from ingestion.csv_file import dialects, encodings, workbook
from ingestion.csv_file.encodings import Encoding
from ingestion.csv_file.kinds import Kind, kind_of
from ingestion.csv_file.options import Dialect
from ingestion.csv_file.quoting import Records
from ingestion.csv_file.text import is_ebcdic, unpacked, with_line_feeds
from ingestion.csv_file.undecodable import has_half_characters
from ingestion.errors import UnreadableFile
from ingestion.settings import MEGABYTE

SAMPLE_RECORDS = 200
_SAMPLE_BYTES = MEGABYTE
_LARGE_SAMPLE_BYTES = 8 * MEGABYTE
"""Where a megabyte has hardly any lines: a cell may be larger than that."""
_FEW_LINES = 20
_DETECTED_BYTES = 64 * MEGABYTE
"""What of a packed text the encoding is found from. The rest is counted, not kept."""
_SHEETS_KEPT = 10


class SampledRecord(NamedTuple):
    """A record of the beginning of a file."""

    number: int
    cells: list[str]
    flaw: str | None


@dataclass(frozen=True)
class Source:
    """The beginning of a file, unpacked."""

    head: bytes
    """All of a workbook; of a text a megabyte, or, where its lines are long, some more."""
    is_complete: bool
    """Whether the head is all of the file."""
    is_compressed: bool = False
    encoding: Encoding | None = None
    """How the text may be written; None for a workbook."""
    sheets: tuple[str, ...] = ()
    """The visible sheets of a workbook."""
    beginnings: dict[str, list[SampledRecord]] = field(default_factory=dict, compare=False, repr=False)
    """The first rows of the sheets that were looked at: to parse a workbook takes seconds."""

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
        if name not in self.beginnings:
            self.beginnings[name] = _beginning(workbook.rows(self.head, name))
        return self.beginnings[name]

    @property
    def readings(self) -> Sequence[encodings.Reading]:
        """The ways in which the text may be written, the likeliest first."""
        assert self.encoding is not None, "a workbook says how it is written"
        return self.encoding.readings

    def _text(self, encoding: str) -> str:
        head = with_line_feeds(self.head, encoding) if is_ebcdic(encoding) else self.head
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head, final=self.is_complete)
        except UnicodeError:
            text = None
        if text is None or (encoding == "utf-7" and has_half_characters(text)):
            raise UnreadableFile(f"The file is not written in {encoding}. Choose another encoding.")
        return text


def examine(content: bytes, *, is_complete: bool, max_bytes: int) -> Source:
    """Look at a file: all of it, or its first megabytes; `max_bytes` is the most that it may hold unpacked.

    Raises UnreadableFile when it is another kind of file, or damaged.
    """
    kind = kind_of(content)
    if kind is Kind.WORKBOOK:
        return _of_workbook(content, max_bytes)
    if kind is Kind.GZIP:
        content, is_complete = _unpacked(content, max_bytes, is_complete=is_complete)
        if kind_of(content) is not Kind.TEXT:
            raise UnreadableFile(
                "The gzip archive holds another archive. Unpack it and upload the file inside."
            )
    size = _sample_size(content)
    return Source(
        content[:size],
        is_complete=is_complete and len(content) <= size,
        is_compressed=kind is Kind.GZIP,
        encoding=encodings.detect(content, is_complete=is_complete),
    )


def _sample_size(content: bytes) -> int:
    beginning = content[:_SAMPLE_BYTES]
    has_few_lines = beginning.count(b"\n") + beginning.count(b"\r") < _FEW_LINES
    return _LARGE_SAMPLE_BYTES if has_few_lines else _SAMPLE_BYTES


def _of_workbook(content: bytes, max_bytes: int) -> Source:
    book = workbook.opened(content, max_bytes)
    sheets = tuple(workbook.visible_sheets(book))
    beginnings = {name: _beginning(workbook.rows_of(book, name)) for name in sheets[:_SHEETS_KEPT]}
    return Source(content, is_complete=True, sheets=sheets, beginnings=beginnings)


def _beginning(rows: Iterable[list[str]]) -> list[SampledRecord]:
    first = enumerate(itertools.islice(rows, SAMPLE_RECORDS), start=1)
    return [SampledRecord(number, cells, None) for number, cells in first]


def _unpacked(content: bytes, max_bytes: int, *, is_complete: bool) -> tuple[bytes, bool]:
    """The beginning of what a gzip archive holds, and whether that is all of it."""
    kept, size = bytearray(), 0
    for chunk in unpacked(io.BytesIO(content), max_bytes, is_complete=is_complete):
        size += len(chunk)
        kept += chunk[: _DETECTED_BYTES - len(kept)]
        if not is_complete and size >= _LARGE_SAMPLE_BYTES:
            break
    return bytes(kept), is_complete and size == len(kept)


def _first(batches: Records) -> list[SampledRecord]:
    records = (
        SampledRecord(number, cells, batch.flaws.get(number))
        for batch in batches
        for number, cells in zip(batch.numbers, batch.rows, strict=True)
    )
    return list(itertools.islice(records, SAMPLE_RECORDS))


@contextmanager
def _again(text: str) -> Iterator[Iterator[str]]:
    yield io.StringIO(text, newline="")
