"""Fields to type in: to correct a row, and to merge several into one record.

What was typed and not stored, because a decision was refused, stays: also where the rows changed meanwhile.
"""

from collections.abc import Callable, Iterator

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.components import keyboard
from dashboard.components.words import plain
from ingestion.cases import Case
from ingestion.csv_file.limits import LARGEST_CELL

Save = Callable[[list[str]], None]
"""Takes a whole row, all its columns in file order."""

_BLANK = "(blank)"


def correct(case: Case, save: Save) -> None:
    """A form over the case's row, the field in question first; `save` gets the corrected cells."""
    cells = case.candidates[0].cells
    wanted = list(range(len(cells))) if case.field is None else [case.field]
    others = [column for column in range(len(cells)) if column not in wanted]
    draft = _draft(case)

    def sent() -> None:
        typed = [str(st.session_state[_key(case, column)]) for column in range(len(cells))]
        corrected = [_kept(received, now) for received, now in zip(cells, typed, strict=True)]
        draft.clear()
        draft.update({at: cell for at, cell in enumerate(corrected) if cell != cells[at]})
        save(corrected)

    with st.form(f"edit_{case.id}_{case.version}", border=True):
        with st.container(key=keyboard.TO_CORRECT):
            _fields(case, wanted, draft)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.form_submit_button("Save", type="primary", icon=":material/check:", on_click=sent)
            st.caption("Esc leaves the field; then the keys on the buttons act.")
        if others:
            with st.expander(f"Correct other fields of the row ({len(others):,})"):
                _fields(case, others, draft)


def merge(case: Case) -> None:
    """Fields to choose the values of a group's merged record from: those in which its rows differ."""
    record = record_of(case)
    differing = _to_choose(case)
    st.caption("The merged record: choose another value of a field, or type one.")
    with st.container(key=keyboard.TO_CORRECT):
        for place, column in zip(_places(len(differing)), differing, strict=False):
            with place:
                _pick(case, column, record[column])
    suggested = case.suggested_merge()
    draft = _draft(case)
    draft.clear()
    draft.update({at: record[at] for at in differing if record[at] != suggested[at]})


def record_of(case: Case) -> list[str]:
    """The merged record as chosen so far."""
    record = case.suggested_merge()
    draft = _draft(case)
    for column in _to_choose(case):
        picked = st.session_state.get(_key(case, column), draft.get(column, record[column]))
        record[column] = "" if picked in (None, _BLANK) else picked
    return record


def _to_choose(case: Case) -> list[int]:
    return [column for column in case.differing if column != case.contact_columns.email]


def _draft(case: Case) -> dict[int, str]:
    """What was typed so far about an issue and is not stored, by column."""
    draft: dict[int, str] = st.session_state.setdefault(f"draft_{case.id}", {})
    return draft


def _fields(case: Case, columns: list[int], draft: dict[int, str]) -> None:
    for place, column in zip(_places(len(columns)), columns, strict=False):
        with place:
            _field(case, column, draft.get(column, case.candidates[0].cells[column]))


def _places(number: int) -> Iterator[DeltaGenerator]:
    """Two places a line, line by line: the order in which the tabulator key goes through them."""
    if number == 1:
        yield st.container()
        return
    for _ in range(0, number, 2):
        yield from st.columns(2)


def _field(case: Case, column: int, value: str) -> None:
    kind = st.text_area if "\n" in value or "\r" in value else st.text_input
    kind(plain(case.columns[column]), value, max_chars=LARGEST_CELL, key=_key(case, column))


def _pick(case: Case, column: int, value: str) -> None:
    offered = case.choices(column)
    options = offered if value in offered else [*offered, value]
    st.selectbox(
        plain(case.columns[column]),
        options,
        index=options.index(value),
        format_func=lambda value: value or _BLANK,
        accept_new_options=True,
        key=_key(case, column),
    )


def _key(case: Case, column: int) -> str:
    return f"field_{case.id}_{case.version}_{column}"


def _kept(received: str, typed: str) -> str:
    """What was typed, or, where nothing was, the value as received: browsers rewrite its line ends."""
    return received if typed.splitlines() == received.splitlines() else typed
