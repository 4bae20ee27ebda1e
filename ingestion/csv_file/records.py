"""A contact list, opened the way it was decided: its columns, and its rows, numbered as in a spreadsheet."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ingestion.csv_file import limits, workbook
from ingestion.csv_file.header import distinct_names
from ingestion.csv_file.lines import Lines
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.plain_blocks import PlainBlocks
from ingestion.csv_file.protected import unprotected_rows, unprotected_table
from ingestion.csv_file.quoting import Batch, Records
from ingestion.csv_file.tables import Table, tabled
from ingestion.csv_file.text import MAX_UNPACKED_BYTES, located, opened, plain_text
from ingestion.errors import UnreadableFile
from ingestion.rules import emails
from ingestion.rules.cells import BEGINS_BLANK, is_blank, trim
from ingestion.rules.names import split_name
from ingestion.rules.reasons import REASON_COLUMN
from ingestion.rules.validation import ContactColumns, shape_flaw, squared

ONLY_BLANK_LINES = "The file holds only blank lines. Export it again and upload the new file."
NO_CONTACTS = "The file has a header but no contacts. Export it again and upload the new file."


@dataclass(frozen=True)
class ContactFile:
    """An opened file: what its header says, and its rows, to be read once."""

    columns: list[str]
    contact_columns: ContactColumns
    tables: Iterator[Table]
    """The rows below the header that are not blank; one without a flaw has a cell for each column."""
    progress: Callable[[], float]
    """How far reading has come, from 0 to 1."""


@contextmanager
def open_contacts(
    path: Path, options: ParseOptions, *, max_bytes: int = MAX_UNPACKED_BYTES
) -> Iterator[ContactFile]:
    """The contact list at `path`; `max_bytes` is the most that a packed one may hold.

    Each line above the header, the header, each blank line and each record counts one, whatever line breaks
    its quotes hold. Raises UnreadableFile, also while it is read: not text in this encoding, no records.
    """
    if options.sheet is not None:
        yield _contact_file(sheet_records(path, options.sheet, max_bytes), options, lambda: 0.0)
        return
    with (
        plain_text(path, options, max_bytes) as text,
        located(text, options.encoding),
        Lines.opened(text, options.encoding) as lines,
    ):
        records = Records(
            lines,
            lambda: opened(text, options.encoding),
            options.dialect,
            position=lines.bytes_read,
            awaits_header=True,
        )
        size = max(text.stat().st_size, 1)
        yield _contact_file(records, options, lambda: lines.bytes_read() / size)


def sheet_records(content: bytes | Path, sheet: str, max_bytes: int = MAX_UNPACKED_BYTES) -> Iterator[Batch]:
    """The rows of a workbook's sheet as records; it may hold `max_bytes`. Raises UnreadableFile."""
    for number, row in enumerate(workbook.rows(content, sheet, max_bytes), start=1):
        limits.check_sheet_row(number, row)
        yield Batch((number,), [row], {})


def columns_of(header: list[str]) -> list[str]:
    """The distinct names of the columns. Behind the reasons of an error report, blanks name no columns.

    A spreadsheet gives every row, the header too, as many cells as its widest one.
    """
    names = [trim(cell) for cell in header]
    end = names.index(REASON_COLUMN) + 1 if REASON_COLUMN in names else len(names)
    return distinct_names(header if any(names[end:]) else header[:end])


def flawed_header(flaw: str) -> str:
    """What is said of a header whose quotes cannot be meant."""
    return f"{flaw} It stands in the header. Correct it and upload the file again."


def is_blank_row(cells: list[str]) -> bool:
    """Nothing at all, or nothing but delimiters and white space, as spreadsheets leave below their tables."""
    return not cells or (is_blank(cells[0]) and all(map(is_blank, cells)))


def _contact_file(
    source: Iterable[Batch | Table], options: ParseOptions, progress: Callable[[], float]
) -> ContactFile:
    header, batches = split_off_header(iter(source), options.header_row)
    limits.check_header(max(options.header_row, 1), header)
    if options.is_protected:
        [header] = unprotected_rows([header])
    shape = _Shape(options, columns_of(header))
    if isinstance(source, Records):
        source.expect(shape.is_row, shape.width, shape.plain_blocks())
    contacts = shape.applied(batches)
    first = next(contacts, None)
    if first is None:
        raise UnreadableFile(NO_CONTACTS)
    return ContactFile(shape.columns, options.contact_columns, itertools.chain([first], contacts), progress)


def split_off_header(
    batches: Iterator[Batch | Table], header_row: int
) -> tuple[list[str], Iterator[Batch | Table]]:
    """The header, and the records below it. Without a header (0) blank names, one for each cell of a row.

    Raises UnreadableFile when there is nothing where the header was expected.
    """
    for batch in batches:
        assert isinstance(batch, Batch)  # tables are read below a header that is known
        for at, number in enumerate(batch.numbers):
            if header_row == 0 and not is_blank_row(batch.rows[at]):
                return [""] * len(batch.rows[at]), itertools.chain([_from(batch, at)], batches)
            if number == header_row:
                _refuse_broken_header(batch.rows[at], number, batch.flaws.get(number))
                return batch.rows[at], itertools.chain([_from(batch, at + 1)], batches)
    raise UnreadableFile(ONLY_BLANK_LINES)


def _from(batch: Batch, at: int) -> Batch:
    return Batch(batch.numbers[at:], batch.rows[at:], batch.flaws)


def _refuse_broken_header(cells: list[str], row: int, flaw: str | None) -> None:
    if flaw is not None:
        raise UnreadableFile(flawed_header(flaw))
    if is_blank_row(cells):
        raise UnreadableFile(f"The header was expected in row {row}, which is blank. Upload the file again.")


class _Shape:
    """From the columns of the file to those of the job: one may be left out, a split name adds two."""

    def __init__(self, options: ParseOptions, received: list[str]) -> None:
        self.width = len(received)
        """How many cells a row has in the file."""
        self._dialect = options.dialect
        self._ignored = options.ignored_column
        self._split = options.name_split
        self._is_protected = options.is_protected
        kept = [name for at, name in enumerate(received) if at != self._ignored]
        self.columns = distinct_names([*kept, "first_name", "last_name"]) if self._split else kept
        self._contact = options.contact_columns
        self._email = self._contact.email
        self._email += self._ignored is not None and self._ignored <= self._email

    def is_row(self, cells: list[str]) -> bool:
        """Whether these cells, as received, are a row of the list beyond doubt."""
        return len(cells) == self.width > 1 and emails.normalize(cells[self._email]) is not None

    def plain_blocks(self) -> PlainBlocks | None:
        """What reads many rows at once, if rows are stored as they are received."""
        if self._is_changed() or not PlainBlocks.can_read(self._dialect, self.width):
            return None
        return PlainBlocks(self._dialect, self._contact, self.width)

    def applied(self, batches: Iterable[Batch | Table]) -> Iterator[Table]:
        """The rows that are not blank, in the job's columns. What a row has too much follows at its end."""
        for batch in batches:
            table = self._without_blank(batch) if isinstance(batch, Table) else self._tabled(batch)
            if table.json:
                yield table

    def _is_changed(self) -> bool:
        return self._ignored is not None or self._split is not None

    def _without_blank(self, table: Table) -> Table:
        if self._is_protected:
            table = unprotected_table(table, self._contact, self.width)
        blank, flaws = set(), {}
        for at, cells in table.odd.items():
            if is_blank_row(cells):
                blank.add(at)
            elif len(cells) != self.width:
                flaws[table.numbers[at]] = shape_flaw(len(cells), self.width)
        table = replace(table, flaws=flaws)
        return table.without(blank) if blank else table

    def _tabled(self, batch: Batch) -> Table:
        numbers, rows, flaws = [], [], dict(batch.flaws)
        received = unprotected_rows(batch.rows) if self._is_protected else batch.rows
        for number, cells in zip(batch.numbers, received, strict=True):
            if self._ignored is not None and all(map(is_blank, cells[self.width :])):
                cells = cells[: self.width]
            # Nearly all rows have the right width and something in their first cell.
            if len(cells) != self.width or cells[0][:1] in BEGINS_BLANK:
                if is_blank_row(cells):
                    continue
                if len(cells) != self.width:
                    known = flaws.get(number)
                    flaw = shape_flaw(len(cells), self.width)
                    flaws[number] = f"{flaw} {known}" if known else flaw
            numbers.append(number)
            rows.append(self._changed(cells) if self._is_changed() else cells)
        return tabled(numbers, rows, flaws, self._contact, len(self.columns))

    def _changed(self, cells: list[str]) -> list[str]:
        kept, surplus = squared(cells, self.width), cells[self.width :]
        if self._ignored is not None:
            del kept[self._ignored]
        if self._split is not None:
            kept += split_name(kept[self._split.column], self._split.order)
        return kept + surplus
