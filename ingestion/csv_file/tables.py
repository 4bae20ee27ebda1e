"""Rows of a contact list as loading takes them: each as JSON, and those that need a closer look as cells."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from ingestion.rules.cells import BEGINS_BLANK
from ingestion.rules.validation import ContactColumns

NUL = b"\\u0000"
"""How JSON writes it; behind a backslash this is other text."""


@dataclass(frozen=True)
class Table:
    """Some rows, in order. A position counts from 0."""

    numbers: Sequence[int]
    """Of each row, as a spreadsheet numbers it."""
    json: Sequence[bytes]
    """Of each row its cells as a JSON array, without `["` and `"]`."""
    emails: Sequence[bytes]
    """Of each row its e-mail cell in UTF-8, or anything where the row is odd."""
    odd: Mapping[int, list[str]]
    """By position the cells of each row in which more may be wrong than an address: flaws, too few or too
    many cells, NUL, blanks where the contact's own cells are."""
    flaws: Mapping[int, str]
    """By number what is known to be wrong with a row's cells."""

    @property
    def rows(self) -> list[list[str]]:
        """Of each row its cells."""
        return [self.cells(at) for at in range(len(self.json))]

    def cells(self, at: int) -> list[str]:
        """The cells of the row at a position."""
        cells: list[str] = self.odd[at] if at in self.odd else orjson.loads(b'["%b"]' % self.json[at])
        return cells

    def numbered(self, first: int) -> "Table":
        """The table with its rows numbered on from `first`."""
        return replace(self, numbers=range(first, first + len(self.json)))

    def without(self, positions: Collection[int]) -> "Table":
        """The table without some rows."""
        kept = [at for at in range(len(self.json)) if at not in positions]
        return Table(
            [self.numbers[at] for at in kept],
            [self.json[at] for at in kept],
            [self.emails[at] for at in kept],
            {to: self.odd[at] for to, at in enumerate(kept) if at in self.odd},
            self.flaws,
        )


def tabled(
    numbers: Sequence[int],
    rows: Sequence[list[str]],
    flaws: Mapping[int, str],
    columns: ContactColumns,
    width: int,
) -> Table:
    """The table of rows given as cells, each of which should be `width`."""
    json, with_nul = _all_dumped(rows)
    odd = {at: rows[at] for at in with_nul}
    own = list(columns.named())
    for at, (number, cells) in enumerate(zip(numbers, rows, strict=True)):
        if len(cells) != width or number in flaws or any(cells[column][:1] in BEGINS_BLANK for column in own):
            odd[at] = cells
    emails = [b"" if at in odd else cells[columns.email].encode() for at, cells in enumerate(rows)]
    return Table(numbers, json, emails, odd, flaws)


def dumped(cells: Sequence[str]) -> bytes:
    """A row's cells as a JSON array, without `["` and `"]`."""
    return orjson.dumps(cells)[2:-2]


def _all_dumped(rows: Sequence[list[str]]) -> tuple[list[bytes], list[int]]:
    """Each row dumped; and which of them may hold NUL.

    Together, because that takes half the time. What stands between two arrays hardly ever stands in a cell:
    where it does, there are too many parts, and each row is dumped by itself.
    """
    together = orjson.dumps(rows)
    parts = together[3:-3].split(b'"],["')
    if len(parts) != len(rows):
        parts = [dumped(cells) for cells in rows]
    return parts, [at for at, part in enumerate(parts) if NUL in part] if NUL in together else []
