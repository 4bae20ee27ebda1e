"""How a file would be read, as far as that can be found out, and what only the operator can say."""

from dataclasses import dataclass, replace

from ingestion.csv_file import header, limits, mapping, protected
from ingestion.csv_file.header import distinct_names
from ingestion.csv_file.mapping import Mapping
from ingestion.csv_file.options import Dialect, ParseOptions
from ingestion.csv_file.records import (
    NO_CONTACTS,
    ONLY_BLANK_LINES,
    columns_of,
    flawed_header,
    is_blank_row,
)
from ingestion.csv_file.source import SampledRecord, Source, examine
from ingestion.errors import UnreadableFile
from ingestion.rules.cells import is_blank
from ingestion.rules.names import NameSplit
from ingestion.rules.reasons import REASON_COLUMN
from ingestion.rules.validation import ContactColumns

_SHEETS_LOOKED_AT = 10
_CHOICES_OF_HEADER = 20


@dataclass(frozen=True)
class Choices:
    """What the operator says; None: as found."""

    encoding: str | None = None
    dialect: Dialect | None = None
    sheet: str | None = None
    header_row: int | None = None
    """The number of the record that names the columns; 0: none does."""
    is_protected: bool | None = None
    """Whether apostrophes in front of what could be formulas are an export's."""


@dataclass(frozen=True)
class Proposal:
    """A way to read a file, and how sure it is."""

    encoding: str
    dialect: Dialect
    sheet: str | None
    header_row: int
    is_compressed: bool
    names: tuple[str, ...]
    """The columns kept, named distinctly."""
    rows: tuple[SampledRecord, ...]
    """The first rows below the header that are not blank and have a cell for each column."""
    above: tuple[SampledRecord, ...]
    """The records down to the header and a few more, blank ones too: what a header is chosen from."""
    ignored_column: int | None
    """The column of reasons, when this is a corrected error report."""
    mapping: Mapping
    asks_encoding: bool
    asks_header: bool
    is_protected: bool = False
    """Whether it is read without the apostrophes that exports put in front of what could be formulas."""
    has_protected: bool = False
    """Whether there are such apostrophes in the beginning of the file."""
    is_recalled: bool = False
    """Whether the mapping is what the user confirmed for the same columns before."""

    @property
    def is_certain(self) -> bool:
        """Whether nothing is to be asked."""
        return not (self.asks_encoding or self.asks_header or self.mapping.doubts)

    def options(self, mapping: Mapping | None = None) -> ParseOptions:
        """The options by which the file is read so, with the columns of `mapping`, or as they were found.

        Raises ValueError when no column is the e-mail's.
        """
        mapping = mapping or self.mapping
        if mapping.email is None:
            raise ValueError("a contact list has an e-mail column")
        columns = ContactColumns(mapping.email, mapping.first_name, mapping.last_name, mapping.company)
        split = None
        if mapping.full_name is not None:
            split = NameSplit(mapping.full_name, mapping.name_order)
            width = len(self.names)
            columns = replace(columns, first_name=width, last_name=width + 1)
        return ParseOptions(
            contact_columns=columns,
            encoding=self.encoding,
            dialect=self.dialect,
            header_row=self.header_row,
            sheet=self.sheet,
            is_compressed=self.is_compressed,
            name_split=split,
            ignored_column=self.ignored_column,
            is_protected=self.is_protected,
        )


def propose(source: Source, choices: Choices | None = None) -> Proposal:
    """How to read the file, given what the operator chose. Raises UnreadableFile: it holds no contacts."""
    choices = choices or Choices()
    if source.encoding is None:
        sheet, records = _sheet(source, choices.sheet)
        return _of_records(source, choices, records, sheet=sheet)
    encoding = choices.encoding or source.readings[0].encoding
    dialect, records = source.sample(encoding=encoding, dialect=choices.dialect)
    return _of_records(source, choices, records, encoding=encoding, dialect=dialect)


def certain_options(content: bytes, max_bytes: int) -> ParseOptions:
    """How to read a whole file. Raises UnreadableFile when that is to be asked, or it is no contact list."""
    proposal = propose(examine(content, is_complete=True, max_bytes=max_bytes))
    if not proposal.is_certain:
        questions = [doubt.value for doubt in proposal.mapping.doubts]
        questions += ["encoding"] * proposal.asks_encoding + ["header"] * proposal.asks_header
        raise UnreadableFile(f"How to read the file is to be decided first: {', '.join(questions)}.")
    return proposal.options()


def _sheet(source: Source, chosen: str | None) -> tuple[str, list[SampledRecord]]:
    """The sheet chosen, or else the first with a header beyond doubt, or else the first."""
    if chosen is not None:
        return chosen, source.sheet(chosen)
    if not source.sheets:
        raise UnreadableFile(
            "The workbook has no visible sheet with cells. Upload the file with the contacts."
        )
    looked_at = [(name, source.sheet(name)) for name in source.sheets[:_SHEETS_LOOKED_AT]]
    filled = [(name, records) for name, records in looked_at if any(record.cells for record in records)]
    certain = [sheet for sheet in filled if header.find(_cells(sheet[1])).is_certain]
    return (certain or filled or looked_at)[0]


def _of_records(
    source: Source,
    choices: Choices,
    records: list[SampledRecord],
    *,
    encoding: str = "utf-8",
    dialect: Dialect | None = None,
    sheet: str | None = None,
) -> Proposal:
    if all(is_blank_row(record.cells) for record in records):
        raise UnreadableFile(ONLY_BLANK_LINES)
    has_protected = protected.has_protected(_cells(records))
    is_protected = choices.is_protected
    if is_protected is None:
        is_protected = source.encoding is not None or _is_report(records)
    if is_protected and has_protected:
        as_written = protected.unprotected_rows(_cells(records))
        records = [record._replace(cells=cells) for record, cells in zip(records, as_written, strict=True)]
    found = header.find(_cells(records))
    header_row = found.row + 1 if choices.header_row is None else choices.header_row
    received = _header(records, header_row)
    ignored = received.index(REASON_COLUMN) if REASON_COLUMN in received else None
    names = tuple(name for at, name in enumerate(received) if at != ignored)
    below = [record for record in records[header_row:] if not is_blank_row(record.cells)]
    if not below:
        raise UnreadableFile(NO_CONTACTS)
    rows = tuple(_shown(record, len(received), ignored) for record in below)
    rows = tuple(row for row in rows if len(row.cells) == len(names))
    return Proposal(
        encoding=encoding,
        dialect=dialect or Dialect(),
        sheet=sheet,
        header_row=header_row,
        is_compressed=source.is_compressed,
        names=names,
        rows=rows,
        above=tuple(records[: max(header_row, 1) + _CHOICES_OF_HEADER]),
        ignored_column=ignored,
        mapping=mapping.propose(names, [record.cells for record in rows]),
        asks_encoding=source.encoding is not None
        and not source.encoding.is_certain
        and choices.encoding is None,
        asks_header=not found.is_certain and choices.header_row is None,
        is_protected=is_protected,
        has_protected=has_protected,
    )


def _header(records: list[SampledRecord], row: int) -> list[str]:
    """The distinct names of the columns. Raises UnreadableFile where the record cannot be a header."""
    if row == 0:
        first = next(record for record in records if not is_blank_row(record.cells))
        limits.check_columns(first.number, len(first.cells))
        return distinct_names([""] * len(first.cells))
    number, cells, flaw = records[row - 1] if row <= len(records) else (row, [], None)
    if flaw is not None:
        raise UnreadableFile(flawed_header(flaw))
    limits.check_header(number, cells)
    return columns_of(cells)


def _is_report(records: list[SampledRecord]) -> bool:
    """Whether it is a workbook made of a report of ours: those are CSV files, whose cells are protected."""
    return any(REASON_COLUMN in record.cells for record in records)


def _cells(records: list[SampledRecord]) -> list[list[str]]:
    return [record.cells for record in records]


def _shown(record: SampledRecord, width: int, ignored: int | None) -> SampledRecord:
    """The record in the columns kept; of another width where it is broken."""
    if ignored is None:
        return record
    cells = record.cells[:width] if all(map(is_blank, record.cells[width:])) else record.cells
    return record._replace(cells=[*cells[:ignored], *cells[ignored + 1 :]])
