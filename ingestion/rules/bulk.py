"""What one answer to many issues decides about each of them."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from ingestion.rules import survivorship
from ingestion.rules.issues import KINDS, Action, IssueType


class BulkAnswer(StrEnum):
    """One answer to many issues."""

    KEEP_FIRST = "keep_first"
    KEEP_LAST = "keep_last"
    KEEP_MOST_COMPLETE = "keep_most_complete"
    FILL_BLANKS = "fill_blanks"
    """The first row, its blanks filled from the others."""
    FILL_REPEATS = "fill_repeats"
    """The same for rows that repeat each other and about which nobody was asked, where it adds something."""
    ACCEPT = "accept"
    SKIP = "skip"
    SET_VALUE = "set_value"
    """One value for the field that the issues are about."""


ACTION: dict[BulkAnswer, Action] = {
    BulkAnswer.KEEP_FIRST: Action.CHOOSE,
    BulkAnswer.KEEP_LAST: Action.CHOOSE,
    BulkAnswer.KEEP_MOST_COMPLETE: Action.CHOOSE,
    BulkAnswer.FILL_BLANKS: Action.MERGE,
    BulkAnswer.FILL_REPEATS: Action.MERGE,
    BulkAnswer.ACCEPT: Action.ACCEPT,
    BulkAnswer.SKIP: Action.SKIP,
    BulkAnswer.SET_VALUE: Action.EDIT,
}
"""The answer that each of the issues gets."""

FIELD: dict[IssueType, str] = {
    type_: kind.field for type_, kind in KINDS.items() if kind.field not in (None, "email")
}
"""The field that can have one value for many rows. An address is one person's."""


def answers_to(answer: BulkAnswer) -> frozenset[IssueType]:
    """The kinds of issue that it is an answer to."""
    if answer is BulkAnswer.SET_VALUE:
        return frozenset(FIELD)
    if answer is BulkAnswer.FILL_REPEATS:
        return frozenset()
    return frozenset(kind for kind in IssueType if ACTION[answer] in KINDS[kind].actions)


def looks_at_cells(answer: BulkAnswer) -> bool:
    """Whether it depends on what stands in the rows of a group what is kept of it."""
    return answer in {BulkAnswer.KEEP_MOST_COMPLETE, BulkAnswer.FILL_BLANKS, BulkAnswer.FILL_REPEATS}


class Survivor(NamedTuple):
    """What is kept of a group: a row, or a record made of its rows."""

    place: int
    """Of the row, counted from 0; a record stands at the first row's."""
    cells: list[str] | None = None


def survivor(answer: BulkAnswer, size: int, rows: Sequence[Sequence[str]]) -> Survivor:
    """What is kept of a group of some size. Its rows, in file order, are read only where it looks at them."""
    match answer:
        case BulkAnswer.KEEP_FIRST:
            return Survivor(0)
        case BulkAnswer.KEEP_LAST:
            return Survivor(size - 1)
        case BulkAnswer.KEEP_MOST_COMPLETE:
            return Survivor(survivorship.most_complete(rows))
        case BulkAnswer.FILL_BLANKS | BulkAnswer.FILL_REPEATS:
            return Survivor(0, survivorship.suggested_merge(rows))
        case _:
            raise ValueError(f"{answer} keeps no row of a group")
