"""Many records at once, from text whose quotes and line ends are all where they should be.

Nearly all files are such text from end to end, and nearly all of the time that a file takes is spent on it.
It is told by looking at all bytes together (as simdjson does with JSON, here with NumPy): each quote turns
inside to outside, and outside a delimiter parts cells and a line feed ends a record. Whatever is not beyond
doubt is left to the reader in `quoting`, which goes line by line.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ingestion.csv_file import limits
from ingestion.csv_file.options import Dialect
from ingestion.csv_file.tables import Table, dumped
from ingestion.rules.cells import BLANKS, is_blank
from ingestion.rules.validation import ContactColumns

Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

_TAB, _LINE_FEED, _RETURN = b"\t\n\r"
_RECORD_END, _CELL_END = b"\x1e\x1f"
"""ASCII's record and unit separator: they stand for line ends and delimiters once the quotes are gone."""


class Plain(NamedTuple):
    """The records that some text begins with."""

    table: Table
    """Numbered from 0. Records that are blank or have too few or too many cells are among its odd ones."""
    size: int
    """How many bytes of the text they are."""
    lines: int


class PlainBlocks:
    """Reads the records of one list, in which a row has `width` cells."""

    def __init__(self, dialect: Dialect, columns: ContactColumns, width: int) -> None:
        self._delimiter, self._quote = ord(dialect.delimiter), ord(dialect.quote)
        self._width = width
        self._columns = columns

    @staticmethod
    def can_read(dialect: Dialect, width: int) -> bool:
        """Whether such a list is read here. In one column a blank cell and a blank line are the same."""
        marks = dialect.delimiter + dialect.quote
        are_usual = marks.isascii() and marks.replace("\t", "").isprintable()
        return are_usual and dialect.escape is None and not dialect.skips_space and width > 1

    def read(self, text: bytes) -> Plain | None:
        """The whole records that some lines in UTF-8 begin with; None where anything in them is doubtful."""
        content = text if text.endswith(b"\n") else text + b"\n"  # to the last line of all
        if not text or _RECORD_END in content or _CELL_END in content:
            return None
        block = _Block.of(content, self._delimiter, self._quote)
        if block is None or not block.is_plain() or block.has_cell_like_row(self._width):
            return None
        separated = block.separated(self._delimiter)
        cells = _Cells.of(separated)
        if not cells.are_within_limits():
            return None
        table = _table(separated, cells, self._columns, self._width)
        return Plain(table, min(len(block.content), len(text)), block.count_lines())


class _Block(NamedTuple):
    """Some whole records, and what each byte of them is."""

    content: Bytes
    is_inside: Mask
    """Between quotes, the opening one included."""
    is_delimiter: Mask
    """Also inside quotes."""
    ends_record: Mask
    opening: Places
    """The quotes around cells; those that are doubled are in neither."""
    closing: Places
    doubled: Places
    """The first of each two."""
    returns: Places
    """Carriage returns outside quotes."""

    @classmethod
    def of(cls, content: bytes, delimiter: int, quote: int) -> "_Block | None":
        """The whole records that `content`, which ends in a line feed, begins with."""
        all_bytes = np.frombuffer(content, dtype=np.uint8)
        quotes = np.flatnonzero(all_bytes == quote)
        is_inside = _between(quotes, len(content))
        ends_record = (all_bytes == _LINE_FEED) & ~is_inside
        end = len(content) - int(ends_record[::-1].argmax())
        if not ends_record[end - 1]:
            return None
        quotes = quotes[: np.searchsorted(quotes, end)]
        opening, closing = quotes[0::2], quotes[1::2]
        # A cell does not end where the next quote follows at once: the two are one.
        is_doubled = opening[1:] == closing[:-1] + 1
        return cls(
            all_bytes[:end],
            is_inside[:end],
            all_bytes[:end] == delimiter,
            ends_record[:end],
            opening[np.concatenate([[True], ~is_doubled])[: len(opening)]],
            closing[np.concatenate([~is_doubled, [True]])[: len(closing)]],
            closing[:-1][is_doubled],
            np.flatnonzero((all_bytes[:end] == _RETURN) & ~is_inside[:end]),
        )

    def is_plain(self) -> bool:
        """Whether every quote stands at the edge of a cell, and every line ends in LF or CRLF."""
        # The last byte is a line feed, and stands before the first one, too.
        before, after = self.content[self.opening - 1], self.content[self.closing + 1]
        begins_cell = self.is_delimiter[self.opening - 1] | (before == _LINE_FEED)
        ends_cell = self.is_delimiter[self.closing + 1] | (after == _LINE_FEED) | (after == _RETURN)
        ends_line = self.content[self.returns + 1] == _LINE_FEED
        return bool(begins_cell.all() and ends_cell.all() and ends_line.all())

    def has_cell_like_row(self, width: int) -> bool:
        """Whether a cell holds line ends and as many delimiters as a row: it may be several rows."""
        line_ends = np.flatnonzero(
            ((self.content == _LINE_FEED) | (self.content == _RETURN)) & self.is_inside
        )
        if not len(line_ends):
            return False
        cells = np.unique(np.searchsorted(self.opening, line_ends) - 1)
        delimiters = np.flatnonzero(self.is_delimiter & self.is_inside)
        begins, ends = (np.searchsorted(delimiters, edge[cells]) for edge in (self.opening, self.closing))
        return bool((ends - begins >= width - 1).any())

    def count_lines(self) -> int:
        """How many lines the records take: CR, LF and CRLF each end one."""
        is_feed, is_return = self.content == _LINE_FEED, self.content == _RETURN
        pairs = np.count_nonzero(is_return[:-1] & is_feed[1:])
        return int(np.count_nonzero(is_feed) + np.count_nonzero(is_return) - pairs)

    def separated(self, delimiter: int) -> Bytes:
        """The cells without their quotes, each with a separator behind it."""
        ends_cell = self.is_delimiter & ~self.is_inside
        separated = _replaced(self.content, ends_cell, delimiter, _CELL_END)
        separated = _replaced(separated, self.ends_record, _LINE_FEED, _RECORD_END)
        is_kept = np.ones(len(separated), dtype=np.bool_)
        for places in (self.opening, self.closing, self.doubled, self.returns):
            is_kept[places] = False
        return separated[is_kept]


def _between(quotes: Places, size: int) -> Mask:
    """Of so many bytes whether they lie between quotes: behind the first, third, … one."""
    lengths = np.diff(quotes, prepend=0, append=size)
    is_inside: Mask = np.zeros(len(lengths), dtype=np.bool_)
    is_inside[1::2] = True
    return is_inside.repeat(lengths)


def _replaced(content: Bytes, where: Mask, old: int, new: int) -> Bytes:
    """`content` with `new` in some places where `old` is."""
    # A sum takes a tenth of the time of an assignment.
    replaced: Bytes = content + where.view(np.uint8) * np.uint8((new - old) % 256)
    return replaced


class _Cells(NamedTuple):
    """Where the cells of some records stand in a text that has a separator behind each."""

    separated: Bytes
    begins: Places
    ends: Places
    first: Places
    """Of each record its first cell, counted through all records."""
    last: Places

    @classmethod
    def of(cls, separated: Bytes) -> "_Cells":
        """The cells of a text that ends with a record."""
        ends = np.flatnonzero((separated == _CELL_END) | (separated == _RECORD_END))
        begins = np.concatenate([[0], ends[:-1] + 1])
        last = np.flatnonzero(separated[ends] == _RECORD_END)
        return cls(separated, begins, ends, np.concatenate([[0], last[:-1] + 1]), last)

    def are_within_limits(self) -> bool:
        """Whether no cell can be too large, and no record has too many."""
        most, largest = (self.last - self.first).max() + 1, (self.ends - self.begins).max()
        return bool(most <= limits.MAX_COLUMNS and largest <= limits.LARGEST_CELL)

    def parts(self, content: bytes, first: Places, last: Places) -> list[bytes]:
        """Of the text, as bytes, what stands from some cells to others."""
        edges = zip(self.begins[first].tolist(), self.ends[last].tolist(), strict=True)
        return [content[begin:end] for begin, end in edges]

    def are_empty(self, cells: Places) -> Mask:
        """Which of some cells hold nothing."""
        empty: Mask = self.begins[cells] == self.ends[cells]
        return empty

    def may_be_blank(self, cells: Places) -> Mask:
        """Which of some cells begin as one that is blank, and not empty, may begin."""
        begins = self.begins[cells]
        # Behind the last byte of all stands nothing, but it belongs to no cell.
        second = self.separated[np.minimum(begins + 1, len(self.separated) - 1)]
        return _BEGINS_BLANK[self.separated[begins], second]

    def records_with_controls(self) -> Places:
        """The records in which characters stand that JSON writes by their number."""
        is_control = self.separated < _RECORD_END  # below the separators
        for usual in (_LINE_FEED, _RETURN, _TAB):
            is_control &= self.separated != usual
        return np.unique(np.searchsorted(self.ends[self.last], np.flatnonzero(is_control)))


def _table(separated: Bytes, cells: _Cells, columns: ContactColumns, width: int) -> Table:
    """The table of some records, each cell with a separator behind it."""
    content, own = separated.tobytes(), list(columns.named())
    json = _as_json(content)
    is_odd = cells.last - cells.first + 1 != width
    even = np.flatnonzero(~is_odd)
    email = np.where(is_odd, 0, cells.first + columns.email)
    with_controls = cells.records_with_controls()
    is_odd[with_controls] = True
    is_doubtful = np.zeros_like(is_odd)
    for column in own:
        is_odd[even] |= cells.are_empty(cells.first[even] + column)
        is_doubtful[even] |= cells.may_be_blank(cells.first[even] + column)

    odd: dict[int, list[str]] = {}
    looked_at = np.flatnonzero(is_odd | is_doubtful)
    records = cells.parts(content, cells.first[looked_at], cells.last[looked_at])
    for at, record, is_certain in zip(looked_at.tolist(), records, is_odd[looked_at].tolist(), strict=True):
        row = record.decode().split(chr(_CELL_END))
        if is_certain or any(is_blank(row[column]) for column in own):
            odd[at] = row
    for at in with_controls.tolist():
        json[at] = dumped(odd[at])
    return Table(range(len(json)), json, cells.parts(content, email, email), odd, {})


def _beginnings_of_blanks() -> Mask:
    """Of any two bytes whether a cell may be blank that begins with them, its end included."""
    table = np.zeros((256, 256), dtype=np.bool_)
    blanks = [blank.encode() for blank in BLANKS]
    followers = [_RECORD_END, _CELL_END, *(blank[0] for blank in blanks)]
    for blank in blanks:
        table[blank[0], blank[1] if len(blank) > 1 else followers] = True
    return table


_BEGINS_BLANK = _beginnings_of_blanks()


def _as_json(content: bytes) -> list[bytes]:
    """Of each record its cells as a JSON array, without `["` and `"]`."""
    for character, escaped in (rb"\ \\".split(), rb'" \"'.split(), (b"\n", rb"\n"), (b"\r", rb"\r")):
        content = content.replace(character, escaped)
    content = content.replace(b"\t", rb"\t").replace(b"\x1f", b'","')
    return content.split(b"\x1e")[:-1]
