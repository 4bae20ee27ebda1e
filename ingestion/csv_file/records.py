"""From text to records: the rows of a CSV file (RFC 4180, leniently), numbered as a spreadsheet does."""

import csv
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ingestion.csv_file.encoding import open_text
from ingestion.csv_file.header import contact_columns, distinct_names, require_contact_columns
from ingestion.errors import UnreadableFile
from ingestion.rules.validation import ContactColumns

DELIMITERS = ",;\t|"
"""Tried in this order; the first whose header names an e-mail column is the file's."""

Record = tuple[int, list[str]]
"""A record's number (the header's is 1 where nothing stands above it) and its cells."""


@dataclass(frozen=True)
class ContactFile:
    """An opened file: what its header says, and its records, to be read once."""

    columns: list[str]
    contact_columns: ContactColumns
    delimiter: str
    records: Iterator[Record]
    _text: TextIO

    def bytes_read(self) -> int:
        """How far into the file reading has come, in bytes, a buffer ahead of the records."""
        return self._text.buffer.tell()


@contextmanager
def open_contacts(path: Path) -> Iterator[ContactFile]:
    """The contact list at `path`.

    Each blank line and each record counts one, whatever line breaks its quotes hold; blank lines are dropped.
    Raises UnreadableFile: not text, no e-mail column, no records, or a quote that never closes.
    """
    # A cell may be as large as the file, never larger.
    csv.field_size_limit(max(path.stat().st_size, 1))
    delimiter = _delimiter_of(path)
    with open_text(path) as text:
        rows = _numbered(path, text, delimiter)
        _, header = next(rows, (0, []))
        columns = require_contact_columns(header)
        first = next(rows, None)
        if first is None:
            raise UnreadableFile(
                "The file has a header but no contacts. Export it again and upload the new file."
            )
        records = itertools.chain([first], rows)
        yield ContactFile(distinct_names(header), columns, delimiter, records, text)


def _delimiter_of(path: Path) -> str:
    with open_text(path) as text:
        for delimiter in DELIMITERS:
            text.seek(0)
            header = next((row for row in csv.reader(text, delimiter=delimiter) if row), [])
            if contact_columns(header):
                return delimiter
    return DELIMITERS[0]


def _numbered(path: Path, text: TextIO, delimiter: str) -> Iterator[Record]:
    reader = csv.reader(text, delimiter=delimiter)
    number = before = after = 0
    for number, cells in enumerate(reader, start=1):
        before, after = after, reader.line_num
        if cells:
            yield number, cells
    # Only the last record can hold a quote that never closes; then it has swallowed every line after it.
    if after - before > 1:
        _refuse_open_quote(path, delimiter, before, number)


def _refuse_open_quote(path: Path, delimiter: str, lines_before: int, number: int) -> None:
    with open_text(path) as text:
        tail = itertools.islice(text, lines_before, None)
        try:
            for _ in csv.reader(tail, delimiter=delimiter, strict=True):
                pass
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise UnreadableFile(
                    f'A quote (") opens in line {lines_before + 1} (record {number}) and never closes, so '
                    "the rest of the file cannot be told apart. Close or remove it and upload the file again."
                ) from None
