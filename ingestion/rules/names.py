"""One full name as two: what a file with a single name column needs."""

from dataclasses import dataclass
from enum import StrEnum


class NameOrder(StrEnum):
    """In which order a full name is written."""

    FIRST_LAST = "first_last"
    LAST_FIRST = "last_first"


@dataclass(frozen=True)
class NameSplit:
    """Which column (from 0) holds the full name, and in which order."""

    column: int
    order: NameOrder = NameOrder.FIRST_LAST
