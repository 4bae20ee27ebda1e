"""When rows with one e-mail need a person to decide between them."""

from array import array
from collections.abc import Callable, Hashable, Iterable, Sequence

from ingestion.rules.cells import trim


def conflicts(identities: Iterable[Hashable]) -> bool:
    """Whether the rows of one e-mail have more than one identity. Those that have one collapse unasked."""
    return len(set(identities)) > 1


class Group:
    """The rows of one e-mail, told one after the other. What is kept of each is its number."""

    def __init__(self, row_number: int, identity: Hashable) -> None:
        self.row_numbers = array("q", [row_number])
        self.is_conflict = False
        self._identity = identity

    def add(self, row_number: int, identity: Callable[[], Hashable]) -> None:
        """One more row. Its identity is asked for only if it matters."""
        self.row_numbers.append(row_number)
        if not self.is_conflict:
            self.is_conflict = conflicts((self._identity, identity()))


def detail_of(size: int) -> str:
    """What an issue says of a group of so many rows."""
    return f"{size} rows"


def differing_columns(rows: Sequence[Sequence[str]]) -> list[int]:
    """The columns (0-based) in which rows of one width do not all read the same."""
    return [at for at, cells in enumerate(zip(*rows, strict=True)) if len({trim(cell) for cell in cells}) > 1]
