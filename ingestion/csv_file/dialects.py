"""How the records of a text file are written, found by reading its head in every way that exporters write.

No sniffer proposes: the ways are few and all are tried, so a proposal could add nothing. csv.Sniffer gives up
on single columns and on lines above the header, and takes decimal commas for delimiters; clevercsv 0.8.5
splits single columns at `@`, takes up to half a second, and brings three dependencies.
"""

import io
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

from ingestion.csv_file.options import Dialect
from ingestion.csv_file.quoting import Records
from ingestion.csv_file.vocabulary import names_email
from ingestion.rules import emails
from ingestion.rules.cells import is_blank

DELIMITERS = ",;\t|"

_BY_RARITY = "\t|;,"
"""The rarer one is in people's words and numbers, the less likely its even spread is chance."""

_VISIBLE = (",", ";", "|")

_SAMPLE_LENGTH = 256 * 1024
_SAMPLE_LINES = 500
_HEADER_LINES = 100
_SEP = re.compile(r"\s*\"?sep=(.)\"?[\r\n]*", re.IGNORECASE).fullmatch


def sep_line(first_line: str) -> str | None:
    """The delimiter that a line `sep=;` names, as Excel has them above tables; None: it is no such line."""
    found = _SEP(first_line.lstrip("\ufeff"))
    return found[1] if found and found[1] not in "\"'\r\n" else None


def ends_at_delimiter(cell: str) -> bool:
    """Whether the cell begins or ends with a delimiter other than a tab, as cells parted wrongly do."""
    return cell.startswith(_VISIBLE) or cell.endswith(_VISIBLE)


def detect(text: str) -> Dialect:
    """How the file is written of which this is the head; it may end in the middle of a record.

    A quote other than `"`, an escape and blanks before quotes are found only on evidence that the records
    cannot be read without. A file of one column has the delimiter `,`.
    """
    lines = list(io.StringIO(text[:_SAMPLE_LENGTH].removeprefix("\ufeff"), newline=""))
    stated = sep_line(lines[0]) if lines else None
    if stated:
        return _written(lines[1:], stated)
    tables = [
        (reading, dialect)
        for dialect in (_written(lines, delimiter) for delimiter in _BY_RARITY)
        if (reading := _read(lines[:_SAMPLE_LINES], dialect)).is_table
    ]
    # max gives the first of equals.
    best, dialect = max(tables, key=lambda table: table[0].rank, default=(_NOTHING, Dialect()))
    if best.only_addresses and any(map(names_email, lines[:_HEADER_LINES])):
        # A column of e-mails in which some cells hold several.
        return _written(lines, ",")
    return dialect


@dataclass(frozen=True)
class _Reading:
    """What a sample is, read in one way."""

    names_email: bool
    """Whether one of several cells in a record is the name of an e-mail column."""
    addresses: float
    """The share of records in which an e-mail address stands alone in one of several cells."""
    even: float
    """The share of records that have the most frequent number of cells above one, and no flaw."""
    only_addresses: bool
    """Whether these cells hold nothing but addresses."""
    has_blanks_before_quotes: bool
    """Whether a cell was read as a blank and a quote."""
    flaws: int
    """Records whose quotes cannot be meant."""
    leaves_delimiters: bool
    """Whether in most records a cell begins or ends with another one: `Ana,` where tabs follow commas."""

    @property
    def is_table(self) -> bool:
        return self.names_email or self.addresses >= 0.5 or self.even >= 0.5

    @property
    def evidence(self) -> float:
        return 2 * self.names_email + self.addresses + self.even

    @property
    def rank(self) -> tuple[float, bool]:
        return self.evidence, not self.leaves_delimiters

    def is_as_good_as(self, other: "_Reading") -> bool:
        return self.flaws <= other.flaws and self.even >= other.even

    def is_better_than(self, other: "_Reading") -> bool:
        return self.is_as_good_as(other) and (self.flaws, self.even) != (other.flaws, other.even)


_NOTHING = _Reading(
    names_email=False,
    addresses=0,
    even=0,
    only_addresses=False,
    has_blanks_before_quotes=False,
    flaws=0,
    leaves_delimiters=False,
)


def _read(lines: Sequence[str], dialect: Dialect) -> _Reading:
    filled = [
        (cells, number in batch.flaws)
        for batch in Records(iter(lines), lambda: nullcontext(iter(lines)), dialect)
        for number, cells in zip(batch.numbers, batch.rows, strict=True)
        if not all(map(is_blank, cells))
    ]
    if not filled:
        return _NOTHING
    widths = Counter(len(cells) for cells, is_flawed in filled if len(cells) > 1 and not is_flawed)
    rows = [cells for cells, _ in filled if len(cells) > 1]
    return _Reading(
        names_email=any(names_email(cell) for row in rows[:_HEADER_LINES] for cell in row),
        addresses=sum(map(_holds_lone_address, rows)) / len(filled),
        even=max(widths.values(), default=0) / len(filled),
        only_addresses=all("@" in cell or is_blank(cell) for row in rows for cell in row),
        has_blanks_before_quotes=any(
            cell.startswith(" ") and cell.lstrip(" ").startswith(dialect.quote)
            for row in rows
            for cell in row
        ),
        flaws=sum(is_flawed for _, is_flawed in filled),
        leaves_delimiters=2 * sum(any(map(ends_at_delimiter, row)) for row in rows) > len(filled),
    )


def _holds_lone_address(row: Sequence[str]) -> bool:
    return any("@" in cell and emails.normalize(cell) for cell in row)


def _written(lines: Sequence[str], delimiter: str) -> Dialect:
    """The quote, the escape and the blanks of a text whose delimiter is this one."""
    sample = [*lines[:_SAMPLE_LINES], *_with_escaped_quotes(lines[_SAMPLE_LINES:])]
    text = "".join(sample)
    dialect = Dialect(delimiter)
    if _quotes_by_apostrophes(text, delimiter):
        escaped = replace(dialect, quote="'", escape="\\")
        plain = replace(dialect, quote="'")
        usual = _read(sample, dialect)
        dialect = next((it for it in (plain, escaped) if _read(sample, it).is_as_good_as(usual)), dialect)
    if dialect.escape is None and "\\" in text:
        escaped = replace(dialect, escape="\\")
        if _read(sample, escaped).is_better_than(_read(sample, dialect)):
            dialect = escaped
    usual = _read(sample, dialect)
    if usual.has_blanks_before_quotes and _puts_blanks_before_quotes(text, dialect):
        # Only behind the blank can it be seen that a quote is escaped.
        escapes = [dialect.escape, "\\"] if dialect.escape is None and "\\" in text else [dialect.escape]
        skipping = [replace(dialect, skips_space=True, escape=escape) for escape in escapes]
        dialect = next((it for it in skipping if _read(sample, it).is_as_good_as(usual)), dialect)
    return dialect


def _with_escaped_quotes(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if '\\"' in line][:_SAMPLE_LINES]


def _quotes_by_apostrophes(text: str, delimiter: str) -> bool:
    """Whether half as many cells as lines, and two at least, begin with an apostrophe: a hint, no proof."""
    between = re.escape(delimiter)
    opened = len(re.findall(rf"(?:\A|[{between}\r\n])'", text))
    usual = len(re.findall(rf"(?:\A|[{between}\r\n])\"", text))
    lines = len(text.splitlines())
    return opened > usual and opened >= max(2, lines / 2)


def _puts_blanks_before_quotes(text: str, dialect: Dialect) -> bool:
    """Whether more quotes follow a delimiter and blanks than the delimiter itself."""
    between = re.escape(dialect.delimiter)
    after_blanks = len(re.findall(rf"{between} +{dialect.quote}", text))
    return after_blanks > len(re.findall(rf"{between}{dialect.quote}", text))
