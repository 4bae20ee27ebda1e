"""Rows side by side: fields down, rows across, what differs tinted."""

from collections.abc import Collection, Sequence

import pandas as pd
import streamlit as st

from ingestion.review import Candidate, Case
from ingestion.rules.cells import is_blank

_DIFFERENT = "background-color: #fdf3d8"
_BLANK = "background-color: #fbe3e1"
_ROWS_AT_ONCE = 16


def show(case: Case) -> None:
    """The case's rows as a table. A field that differs is tinted, a blank one in it marked."""
    table(case.columns, case.candidates, case.differing)
    if case.group_size > 1 and not case.differing:
        st.caption("The rows shown read the same; others of this group differ.")


def table(columns: Sequence[str], rows: Sequence[Candidate], differing: Collection[int]) -> None:
    """Rows as a table, tinted in the columns in which they differ."""
    frame = pd.DataFrame(
        {f"Row {row.row_number}": [None if is_blank(cell) else cell for cell in row.cells] for row in rows},
        index=pd.Index(columns, name="Field"),
    )
    tinted = {columns[column] for column in differing}

    def tint(row: "pd.Series[str]") -> list[str]:
        if row.name not in tinted:
            return [""] * len(row)
        return [_BLANK if blank else _DIFFERENT for blank in row.isna()]

    st.dataframe(
        frame.style.apply(tint, axis=1),
        height="content" if len(columns) <= _ROWS_AT_ONCE else 620,
        row_height=36,
        placeholder="blank",
    )


def show_surplus(case: Case) -> None:
    """The cells of a broken row that no column takes."""
    if case.surplus:
        st.caption("Cells beyond the header: they stay with the upload but go into no contact.")
        st.dataframe(pd.DataFrame({"Value": case.surplus}), hide_index=True, width=420)
