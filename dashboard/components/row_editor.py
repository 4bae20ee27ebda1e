"""Forms that give back a whole row: to correct one, and to merge several."""

from collections.abc import Iterator

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.components.words import plain
from ingestion.review import Case
from ingestion.rules.issues import IssueType

_BLANK = "(blank)"


def correct(case: Case) -> list[str] | None:
    """A form over the case's row, the field in question first. The corrected cells once it is sent."""
    cells = case.candidates[0].cells
    wanted = _columns_in_question(case)
    with st.form(f"edit_{case.id}_{case.version}", border=True):
        typed = _fields(case, wanted)
        others = [column for column in range(len(cells)) if column not in wanted]
        if others:
            with st.expander("Other fields of the row"):
                typed |= _fields(case, others)
        if st.form_submit_button("Save", type="primary", icon=":material/check:"):
            return [_kept(cells[column], typed[column]) for column in range(len(cells))]
    return None


def merge(case: Case) -> list[str] | None:
    """A form that makes one record of a group's rows, field by field. Its cells once it is sent."""
    suggested = case.suggested_merge()
    record = list(suggested)
    differing = [column for column in case.differing if column != case.contact_columns.email]
    with st.form(f"merge_{case.id}_{case.version}", border=True):
        st.caption("Choose one of the values of each field, or type another. All other fields are the same.")
        for place, column in zip(_places(len(differing)), differing, strict=False):
            with place:
                record[column] = _pick(case, column, suggested[column])
        if st.form_submit_button("Save merged record", type="primary", icon=":material/merge:"):
            return record
    return None


def _columns_in_question(case: Case) -> list[int]:
    own = case.contact_columns
    column = {
        IssueType.MISSING_EMAIL: own.email,
        IssueType.INVALID_EMAIL_FORMAT: own.email,
        IssueType.MISSING_FIRST_NAME: own.first_name,
        IssueType.MISSING_LAST_NAME: own.last_name,
        IssueType.MISSING_COMPANY: own.company,
    }.get(case.type)
    return list(range(len(case.columns))) if column is None else [column]


def _fields(case: Case, columns: list[int]) -> dict[int, str]:
    typed = {}
    for place, column in zip(_places(len(columns)), columns, strict=False):
        with place:
            typed[column] = _field(case, column, case.candidates[0].cells[column])
    return typed


def _places(number: int) -> Iterator[DeltaGenerator]:
    """Two places a line, line by line: the order in which the tabulator key goes through them."""
    if number == 1:
        yield st.container()
        return
    for _ in range(0, number, 2):
        yield from st.columns(2)


def _field(case: Case, column: int, value: str) -> str:
    label, key = plain(case.columns[column]), f"field_{case.id}_{case.version}_{column}"
    if "\n" in value or "\r" in value:
        return st.text_area(label, value, key=key)
    return st.text_input(label, value, key=key)


def _pick(case: Case, column: int, suggested: str) -> str:
    options = case.choices(column)
    picked = st.selectbox(
        plain(case.columns[column]),
        options,
        index=options.index(suggested.strip()) if suggested.strip() in options else 0,
        format_func=lambda value: value or _BLANK,
        accept_new_options=True,
        key=f"pick_{case.id}_{case.version}_{column}",
    )
    return "" if picked is None or picked == _BLANK else picked


def _kept(received: str, typed: str) -> str:
    """What was typed, or, where nothing was, the value as received: browsers rewrite its line ends."""
    return received if typed.splitlines() == received.splitlines() else typed
