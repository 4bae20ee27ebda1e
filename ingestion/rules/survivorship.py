"""Which values survive when rows become one golden record."""

from collections.abc import Sequence

from ingestion.rules.cells import is_blank, trim


def suggested_merge(rows: Sequence[Sequence[str]]) -> list[str]:
    """A merged record to start from: of each column the first value that is not blank, in row order."""
    return [next((cell for cell in cells if not is_blank(cell)), "") for cells in zip(*rows, strict=True)]


def is_filled(row: Sequence[str], record: Sequence[str]) -> bool:
    """Whether a record has a value where the row that it stands for is blank."""
    return any(is_blank(cell) and not is_blank(now) for cell, now in zip(row, record, strict=True))


def most_complete(rows: Sequence[Sequence[str]]) -> int:
    """The place of the row with the most cells that are not blank; of several the first."""
    filled = [len(row) - sum(map(is_blank, row)) for row in rows]
    return filled.index(max(filled))


def choices(rows: Sequence[Sequence[str]], column: int) -> list[str]:
    """The different values of a column in row order, each once, trimmed. Blank is one of them."""
    return list(dict.fromkeys(trim(row[column]) for row in rows))
