"""When rows with one e-mail need a person to decide between them."""

from array import array
from collections.abc import Hashable, Iterable, Sequence

from ingestion.rules.cells import trim
from ingestion.rules.identity import is_same


def conflicts(identities: Iterable[Hashable]) -> bool:
    """Whether the rows of one e-mail have more than one identity. Those that have one collapse unasked."""
    return len(set(identities)) > 1


class Group:
    """The rows of one e-mail, told one after the other. Of all but the first only the number is kept."""

    def __init__(self, row_number: int, names: Sequence[str]) -> None:
        """A row's number and its first name, last name and company."""
        self.row_numbers = array("q", [row_number])
        self.is_conflict = False
        self._names = names

    def add(self, row_number: int, names: Sequence[str]) -> None:
        """One more row."""
        self.row_numbers.append(row_number)
        if not self.is_conflict:
            self.is_conflict = not is_same(self._names, names)


def payload_of(size: int) -> dict[str, str | int]:
    """What an issue says of a group of so many rows: in words, and as a number."""
    return {"detail": "1 row" if size == 1 else f"{size:,} rows", "rows": size}


def differing_columns(rows: Sequence[Sequence[str]]) -> list[int]:
    """The columns (0-based) in which rows of one width do not all read the same."""
    return [at for at, cells in enumerate(zip(*rows, strict=True)) if len({trim(cell) for cell in cells}) > 1]
