"""From text to records: the rows of a CSV file (RFC 4180, leniently), numbered as a spreadsheet does."""

import csv
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ingestion.csv_file.encoding import open_text
from ingestion.csv_file.header import (
    contact_columns,
    distinct_names,
    refuse_unusable_header,
    require_contact_columns,
)
from ingestion.errors import UnreadableFile
from ingestion.rules.cells import is_blank
from ingestion.rules.validation import ContactColumns

DELIMITERS = ",;\t|"
"""Tried in this order; the first whose header names an e-mail column is the file's."""

_LARGEST_CELL = 2**31 - 1
"""Characters, more than any file taken holds. The limit is the process's, so it is one for all files."""

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
    csv.field_size_limit(_LARGEST_CELL)
    delimiter = _delimiter_of(path)
    with open_text(path) as text:
        rows = _numbered(text, delimiter)
        _, header = next(rows, (0, []))
        if not header:
            raise UnreadableFile("The file holds only blank lines. Export it again and upload the new file.")
        first = next(
            rows, None
        )  # before the header is judged: a quote left open in it swallows all that follows
        refuse_unusable_header(header)
        columns = require_contact_columns(header)
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
            reader = csv.reader(text, delimiter=delimiter)
            header = next((row for row in reader if not _is_blank_line(row)), [])
            if contact_columns(header):
                return delimiter
    return DELIMITERS[0]


def _is_blank_line(cells: list[str]) -> bool:
    """Nothing at all, or nothing but delimiters and white space, as spreadsheets leave below their tables."""
    return not cells or (is_blank(cells[0]) and all(map(is_blank, cells)))


def _numbered(text: TextIO, delimiter: str) -> Iterator[Record]:
    # One line more: a quote left open swallows it, else it is a record of its own, which is dropped.
    reader = csv.reader(itertools.chain(text, ['"']), delimiter=delimiter)
    held: Record = (0, [])
    before = after = 0
    for number, cells in enumerate(reader, start=1):
        if not _is_blank_line(held[1]):
            yield held
        held = number, cells
        before, after = after, reader.line_num
    if after - before > 1:
        raise UnreadableFile(
            f'A quote (") opens in line {before + 1} (record {held[0]}) and never closes, so '
            "the rest of the file cannot be told apart. Close or remove it and upload the file again."
        )
