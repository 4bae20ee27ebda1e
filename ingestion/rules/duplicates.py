"""When rows with one e-mail need a person to decide between them."""

from collections.abc import Hashable, Iterable, Sequence

from ingestion.rules.cells import trim


def conflicts(identities: Iterable[Hashable]) -> bool:
    """Whether the rows of one e-mail have more than one identity. Those that have one collapse unasked."""
    return len(set(identities)) > 1


def detail_of(size: int) -> str:
    """What an issue says of a group of so many rows."""
    return f"{size} rows"


def differing_columns(rows: Sequence[Sequence[str]]) -> list[int]:
    """The columns (0-based) in which rows of one width do not all read the same."""
    return [at for at, cells in enumerate(zip(*rows, strict=True)) if len({trim(cell) for cell in cells}) > 1]
