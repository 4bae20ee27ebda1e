"""From lines of text to records (RFC 4180), numbered, where a quote that was opened by mistake costs one row.

A reader that takes quotes at their word swallows everything from a stray one to the next: thousands of rows
end up in one cell without a word. Here a record is taken back when its quotes cannot be meant: when text
follows a closing quote, when the file ends inside quotes, when a cell outgrows every limit, and when one of
the lines inside a cell is itself a row of the list. Then the line where the quote opened becomes a row of
its own, marked with what is wrong with it, and reading goes on with the line below it.
"""

import csv
import io
import itertools
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from ingestion.csv_file import limits
from ingestion.csv_file.lines import Lines
from ingestion.csv_file.options import Dialect
from ingestion.csv_file.plain_blocks import Plain, PlainBlocks
from ingestion.csv_file.rereading import Again, Rereading
from ingestion.csv_file.tables import Table

if TYPE_CHECKING:
    from _csv import Reader

_RECORDS_PER_BATCH, _RECORDS_PER_STEP = 512, 16
_BYTES_PER_BATCH = 4 * 1024 * 1024
_LINE_END = re.compile("\r\n|\r|\n")


class Batch(NamedTuple):
    """Some records, in order."""

    numbers: Sequence[int]
    """Of each record, counted from 1."""
    rows: Sequence[list[str]]
    """Of each record its cells."""
    flaws: Mapping[int, str]
    """What is wrong with the record of a number, if anything is."""


class _Format(TypedDict):
    delimiter: str
    quotechar: str
    escapechar: str | None
    doublequote: bool
    skipinitialspace: bool


class Records:
    """The records of a text, blank ones too, in batches; to be iterated once.

    `lines` are the text's, `lines_again` opens the same ones a second time: they are read only where a record
    is taken back. `position` tells how far the text was read, in bytes. What tells a row of the list may be
    set by `expect` later, when the header is known: with `awaits_header`, records come one by one until then.
    Where `lines` are Lines, blocks that `expect` then gave a reader for are read by it, and come as tables.
    """

    def __init__(
        self,
        lines: Iterable[str],
        lines_again: Callable[[], Again],
        dialect: Dialect,
        *,
        position: Callable[[], int] = lambda: 0,
        awaits_header: bool = False,
    ) -> None:
        csv.field_size_limit(limits.LARGEST_CELL)
        self._is_row: Callable[[list[str]], bool] | None = None
        self._width = 0
        self._awaits_header = awaits_header
        self._position = position
        self._source = lines
        self._lines = iter(lines)
        self._lines_again = lines_again
        self._blocks: PlainBlocks | None = None
        self._refused_at = 0
        self._size = 0
        """Of the record that is being read, in characters."""
        self._format = _Format(
            delimiter=dialect.delimiter,
            quotechar=dialect.quote,
            escapechar=dialect.escape,
            doublequote=True,
            skipinitialspace=dialect.skips_space,
        )
        self._cells = _cells_and_delimiters(dialect)

    def expect(
        self, is_row: Callable[[list[str]], bool], width: int, blocks: PlainBlocks | None = None
    ) -> None:
        """Say how a line, split into its cells, is known as a row of the list, which has so many of them."""
        self._is_row, self._width, self._awaits_header = is_row, width, False
        self._blocks = blocks

    def __iter__(self) -> Iterator[Batch | Table]:
        taken_back: deque[str] = deque()
        reader, begun_at = self._reader(taken_back), 0
        number, lines_done, size = 1, 0, _RECORDS_PER_BATCH
        with Rereading(self._lines_again) as again:
            while True:
                if not taken_back and (plain := self._plain_block()):
                    yield plain.table.numbered(number)
                    number, lines_done = number + len(plain.table.json), lines_done + plain.lines
                    continue
                rows, good = self._read(reader, 1 if self._awaits_header else size, begun_at, number)
                lines_read = reader.line_num - begun_at
                if good:
                    yield Batch(range(number, number + good), rows[:good], {})
                    number += good
                if good == len(rows):
                    if not rows:
                        return
                    lines_done, begun_at = lines_done + lines_read, reader.line_num
                    size = min(2 * size, _RECORDS_PER_BATCH)
                    continue
                lines = again.lines(lines_done, lines_read)
                above = self._lines_of(lines, good)
                taken, flaw = lines_read, None
                cells = self._mended(lines[above:])
                if cells is None:
                    taken = above + 1
                    cells, flaw = self._alone(lines[above], lines_done + taken, is_whole=taken == lines_read)
                    limits.check_columns(number, len(cells))
                yield Batch((number,), [cells], {number: flaw} if flaw else {})
                number, lines_done = number + 1, lines_done + taken
                taken_back.extendleft(reversed(lines[taken:]))
                # A stray quote seldom comes alone: what is read in vain behind the next one is kept small.
                reader, begun_at, size = self._reader(taken_back), 0, 1

    def _plain_block(self) -> Plain | None:
        """The records that lie ahead, if they are beyond doubt."""
        lines = self._source
        if self._blocks is None or not isinstance(lines, Lines) or lines.reads == self._refused_at:
            return None
        plain = self._blocks.read(lines.ahead())
        if plain is None:
            self._refused_at = lines.reads
        else:
            lines.skip(plain.size)
        return plain

    def _read(self, reader: "Reader", size: int, begun_at: int, number: int) -> tuple[list[list[str]], int]:
        """The next records, from one of this number, and how many of them are as they are meant."""
        rows: list[list[str]] = []
        begun = self._position()
        try:
            # In small steps: a batch of large records ends early, so that memory stays flat.
            while len(rows) < size and self._position() - begun < _BYTES_PER_BATCH:
                before = len(rows)
                lines = reader.line_num
                for row in itertools.islice(reader, min(size, _RECORDS_PER_STEP)):
                    rows.append(row)
                    if len(row) > limits.MAX_COLUMNS:
                        if reader.line_num == lines + 1:
                            limits.check_columns(number + len(rows) - 1, len(row))
                        return rows, len(rows) - 1
                    lines, self._size = reader.line_num, 0
                if len(rows) == before:
                    break
        except csv.Error:
            return [*rows, []], len(rows)
        if reader.line_num - begun_at == len(rows):  # each in a line of its own
            return rows, len(rows)
        texts = map("".join, rows)
        in_several_lines = [at for at, text in enumerate(texts) if "\n" in text or "\r" in text]
        return rows, next((at for at in in_several_lines if self._ran_together(rows[at])), len(rows))

    def _reader(self, taken_back: deque[str]) -> "Reader":
        lines = self._limited(itertools.chain(_emptied(taken_back), self._lines))
        return csv.reader(lines, strict=True, **self._format)

    def _limited(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines, until those of one record are too much: its quotes cannot be meant."""
        self._size = 0
        for line in lines:
            self._size += len(line)
            yield line
            if self._size > limits.LARGEST_RECORD:
                raise csv.Error("a record outgrew its limit")

    def _lines_of(self, lines: list[str], records: int) -> int:
        """How many lines the first so many records take."""
        reader = csv.reader(lines, strict=True, **self._format)
        for _ in itertools.islice(reader, records):
            pass
        return reader.line_num

    def _ran_together(self, cells: list[str]) -> bool:
        """Whether the record is several rows of the list, by a quote that was opened by mistake.

        So it is when a line inside a cell is a row, or when its first and its last line are, with the cells
        before and after it.
        """
        is_row, delimiter = self._is_row, self._format["delimiter"]
        if is_row is None:
            return False
        for at, cell in enumerate(cells):
            # Either way the cell holds the delimiters of a whole row: hardly any does.
            if cell.count(delimiter) < self._width - 1 or ("\n" not in cell and "\r" not in cell):
                continue
            lines = _LINE_END.split(cell)
            if any(map(is_row, csv.reader(lines[1:], **self._format))):
                return True
            first, last = self._split(lines[0]), self._split(lines[-1])
            if is_row([*cells[:at], *first]) and is_row([*last, *cells[at + 1 :]]):
                return True
        return False

    def _split(self, line: str) -> list[str]:
        return next(csv.reader([line], **self._format), [""])

    def _mended(self, lines: list[str]) -> list[str] | None:
        """The one record that the lines are, if nothing but blanks behind closing quotes is wrong with it."""
        text = self._cells.sub(lambda found: found[1] or found[0], "".join(lines))
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), strict=True, **self._format))
        except csv.Error:
            return None
        is_one = len(rows) == 1 and len(rows[0]) <= limits.MAX_COLUMNS
        return rows[0] if is_one and not self._ran_together(rows[0]) else None

    def _alone(self, first: str, line: int, *, is_whole: bool) -> tuple[list[str], str]:
        """The line where a stray quote stands as a row by itself, and what is wrong with it."""
        quote = self._format["quotechar"]
        try:
            if is_whole and first.count(quote) % 2 == 0:
                flaw = f"A quote ({quote}) in line {line:,} closes before its cell ends."
                return next(csv.reader([first], **self._format)), flaw
            flaw = f"A quote ({quote}) opens in line {line:,} and does not close where its cell ends."
            return next(csv.reader([first], **self._format, quoting=csv.QUOTE_NONE)), flaw
        except csv.Error:
            raise limits.too_large_cell(line) from None


def _cells_and_delimiters(dialect: Dialect) -> re.Pattern[str]:
    """Each cell of a record, and each delimiter. Group 1: a quoted cell without the blanks behind it."""
    delimiter, quote = re.escape(dialect.delimiter), re.escape(dialect.quote)
    escape = re.escape(dialect.escape) if dialect.escape else ""
    within = f"[^{quote}{escape}]++|{quote}{quote}" + (f"|{escape}." if escape else "")
    quoted = f"{' *' if dialect.skips_space else ''}{quote}(?:{within})*+{quote}"
    blanks = "[ \t]".replace(dialect.delimiter, "")
    return re.compile(
        rf"({quoted}){blanks}+(?={delimiter}|[\r\n]*\Z)|{quoted}|[^{delimiter}]++|{delimiter}", re.DOTALL
    )


def _emptied(lines: deque[str]) -> Iterator[str]:
    while lines:
        yield lines.popleft()
