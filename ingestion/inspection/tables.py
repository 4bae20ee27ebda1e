"""DataFrames of declared columns that say when they are not all there is."""

import warnings
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import pandas as pd

from ingestion.inspection.columns import TEXT, Frame, names_beside
from ingestion.words import marked

PAGE = 1_000
LARGEST_PAGE = 100_000
"""Rows that one call gives at most. More comes in pages, so that nobody loads a million by accident."""


class NotAllRows(UserWarning):
    """There is more than the table has. It says how to go on."""


class Table(pd.DataFrame):
    """A DataFrame that is drawn safely, and with a note when it is a part.

    `attrs` has `is_all`, and `after`: what the next page begins after, None at the end. What pandas makes of
    a part keeps its attrs, and so the note.
    """

    @property
    def _constructor(self) -> type["Table"]:
        return Table

    @property
    def note(self) -> str:
        """What is missing; blank where nothing is."""
        if self.attrs.get("is_all", True):
            return ""
        return f"Not all: made of {self.attrs['rows']:,} rows, and there are more after them."

    def __repr__(self) -> str:
        # What a file holds is no command to the terminal that this is printed on.
        drawn = marked(super().__repr__())
        return f"{drawn}\n{self.note}" if self.note else drawn

    def _repr_html_(self) -> str:
        # Cells are people's: pandas escapes their HTML, and only without this does TeX in them stay text.
        with pd.option_context("display.html.use_mathjax", False):
            drawn = super()._repr_html_() or ""  # type: ignore[misc]
        return f"{drawn}<p><strong>{escape(self.note)}</strong></p>" if self.note else drawn


def table(
    frame: Frame, rows: Sequence[Sequence[Any]], file_columns: Sequence[str] = (), *, after: Any = None
) -> Table:
    """A table of `rows`: of each its declared cells, then those of the file's columns, as many as there are.

    `after` is what the next page begins after, None where this is all.
    """
    declared = len(frame.columns)
    made = {
        column.name: pd.Series([row[at] for row in rows], dtype=column.pandas_dtype)
        for at, column in enumerate(frame.columns)
    }
    for at, name in enumerate(names_beside(frame, file_columns), start=declared):
        made[name] = pd.Series([row[at] if at < len(row) else None for row in rows], dtype=TEXT)
    found = Table(made, copy=False)
    found.attrs = {"table": frame.name, "rows": len(rows), "is_all": after is None, "after": after}
    return found


def page(
    frame: Frame, found: Sequence[Sequence[Any]], places: Iterable[Any], file_columns: Sequence[str] = ()
) -> Table:
    """A page of what was found by a query for one more than fits.

    `places` are where the found rows stand, in their order; there is one fewer of them where there is more.
    """
    stood = list(places)
    is_all = len(stood) == len(found)
    made = table(frame, found[: len(stood)], file_columns, after=None if is_all else stood[-1])
    if not is_all:
        warnings.warn(_how_to_go_on(frame, len(stood)), NotAllRows, stacklevel=4)
    return made


def checked_limit(limit: int | None) -> int:
    """The limit, if one call may give so much. No limit is too much. Raises ValueError."""
    if limit is None or not 1 <= limit <= LARGEST_PAGE:
        raise ValueError(
            f"limit is {limit}: it can be 1 to {LARGEST_PAGE:,}. For more, read pages:"
            " for page in inspector.pages(inspector.rows, job_id): ..."
        )
    return int(limit)


def _how_to_go_on(frame: Frame, rows: int) -> str:
    return (
        f"These are {rows:,} rows, and there are more. Go on with after=frame.attrs['after'], ask for more"
        f" with limit= (at most {LARGEST_PAGE:,}), or read all: inspector.pages(inspector.{frame.name}, …)."
    )
