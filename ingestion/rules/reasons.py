"""Why a row needs attention, in words for whoever corrects the file."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingestion.rules.issues import KINDS, IssueType

REASON_COLUMN = "Why this row needs attention"
"""The last column of a file to correct. A file that comes back with it is read without it."""

LEFT_OUT_COLUMNS = ("Why this row was left out", "Left out by", "Left out at (UTC)")
"""The last columns of a file of rows left out."""

STILL_BROKEN = "Delete this cell once the row is right"
"""Behind the reason of a broken row: while it stands there, the row is too long, and is asked about again."""

MOST_ROWS_NAMED = 10
"""Of a duplicate group: more would hide the rest of the reason."""

_WORST_FIRST = {kind: place for place, kind in enumerate(IssueType)}


@dataclass(frozen=True)
class Trouble:
    """One thing that a row is asked about: the issue's kind and what it says."""

    type: IssueType
    detail: str = ""
    group_size: int = 0
    """Of a duplicate e-mail: how many rows have it."""
    group_rows: Sequence[int] = ()
    """The first of those rows."""


@dataclass(frozen=True)
class LeftOut:
    """Who left a row out, and when (UTC)."""

    by: str
    at: dt.datetime


def reason(
    troubles: Iterable[Trouble], *, cell_count: int, width: int, left_out: LeftOut | None = None
) -> str:
    """Everything about one row of so many cells under a header of `width`, worst first, in one line."""
    ordered = sorted(troubles, key=lambda trouble: _WORST_FIRST[trouble.type])
    said = [_said(trouble, cell_count, width) for trouble in ordered]
    if left_out is not None:
        said.insert(0, f"Left out by {left_out.by} on {left_out.at:%Y-%m-%d}")
    return "; ".join(said)


def _said(trouble: Trouble, cell_count: int, width: int) -> str:
    if trouble.type is IssueType.DUPLICATE_EMAIL:
        return f"Duplicate e-mail: {trouble.group_size:,} rows have it ({_rows(trouble)})"
    is_broken = trouble.type is IssueType.MALFORMED_ROW
    name = _shape(cell_count, width) if is_broken else KINDS[trouble.type].title
    # One line and no full stop, so that what follows reads on.
    detail = " ".join(trouble.detail.split()).removesuffix(".")
    return f"{name}: {detail}" if detail else name


def _shape(cell_count: int, width: int) -> str:
    if cell_count > width:
        return "Row too long"
    return "Row too short" if cell_count < width else "Broken row"


def _rows(group: Trouble) -> str:
    named = group.group_rows[:MOST_ROWS_NAMED]
    more = group.group_size - len(named)
    return f"rows {', '.join(map(str, named))}" + (f" and {more:,} more" if more > 0 else "")
