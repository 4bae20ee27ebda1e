"""Where the values of a contact come from: the rows in which they stand, and who put them there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingestion.rules import emails
from ingestion.rules.cells import clean


@dataclass(frozen=True)
class Corrected:
    """What a decision put over a row: all cells."""

    decision: int
    cells: Sequence[str]


@dataclass(frozen=True)
class SourceRow:
    """A row as received, and what was put over it, oldest first; all of one width."""

    row_number: int
    received: Sequence[str]
    corrections: Sequence[Corrected] = ()

    def as_read(self, *, before: int | None = None) -> Sequence[str]:
        """The row as it reads; or as it read before a decision."""
        read = self.received
        for correction in self.corrections:
            if before is None or correction.decision < before:
                read = correction.cells
        return read

    def put_by(self, column: int) -> int | None:
        """The last decision that changed a cell; None: it reads as received."""
        put, read = None, self.received[column]
        for correction in self.corrections:
            if correction.cells[column] != read:
                put, read = correction.decision, correction.cells[column]
        return put


@dataclass(frozen=True)
class Origin:
    """Where a value comes from."""

    cell: str
    """What stood there, before it was cleaned."""
    row_numbers: tuple[int, ...]
    """The rows in which it stood; none: somebody typed it into the merged record."""
    decision: int | None
    """What put it there; None: it was received so."""


def of_row(row: SourceRow, column: int) -> Origin:
    """The origin of a value of a contact that is made of a row."""
    return Origin(row.as_read()[column], (row.row_number,), row.put_by(column))


def of_merged(
    value: str, column: int, rows: Iterable[SourceRow], decision: int, *, is_email: bool = False
) -> Origin:
    """The origin of a value of a record that a decision merged of rows, as they read before it.

    A value stands in a cell that is the same when cleaned; an e-mail, which is normalized, in any spelling.
    """
    form = emails.normalize if is_email else clean
    cells = {row.row_number: row.as_read(before=decision)[column] for row in rows}
    having = tuple(number for number, cell in cells.items() if form(cell) == form(value))
    return Origin(cells[having[0]] if having else value, having, decision)
