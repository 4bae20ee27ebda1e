"""Forms that give back a whole row: to correct one, and to merge several."""

from collections.abc import Callable, Iterator

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.components.words import plain
from ingestion.review import Case

Save = Callable[[list[str]], None]
"""Takes a whole row, all its columns in file order."""

_BLANK = "(blank)"


def correct(case: Case, save: Save) -> None:
    """A form over the case's row, the field in question first; `save` gets the corrected cells."""
    cells = case.candidates[0].cells
    wanted = list(range(len(cells))) if case.field is None else [case.field]
    others = [column for column in range(len(cells)) if column not in wanted]

    def sent() -> None:
        typed = (str(st.session_state[_key(case, column)]) for column in range(len(cells)))
        save([_kept(received, now) for received, now in zip(cells, typed, strict=True)])

    with st.form(f"edit_{case.id}_{case.version}", border=True):
        _fields(case, wanted)
        if others:
            with st.expander("Other fields of the row"):
                _fields(case, others)
        st.form_submit_button("Save", type="primary", icon=":material/check:", on_click=sent)


def merge(case: Case, save: Save) -> None:
    """A form that makes one record of a group's rows, field by field; `save` gets its cells."""
    record = case.suggested_merge()
    differing = [column for column in case.differing if column != case.contact_columns.email]

    def sent() -> None:
        for column in differing:
            picked = st.session_state[_key(case, column)]
            record[column] = "" if picked in (None, _BLANK) else picked
        save(record)

    with st.form(f"merge_{case.id}_{case.version}", border=True):
        st.caption(
            "Choose one of the values of each field, or type another. The other fields are the same in every "
            "row; the e-mail is the one they share."
        )
        for place, column in zip(_places(len(differing)), differing, strict=False):
            with place:
                _pick(case, column, record[column])
        st.form_submit_button("Save merged record", type="primary", icon=":material/merge:", on_click=sent)


def _fields(case: Case, columns: list[int]) -> None:
    for place, column in zip(_places(len(columns)), columns, strict=False):
        with place:
            _field(case, column, case.candidates[0].cells[column])


def _places(number: int) -> Iterator[DeltaGenerator]:
    """Two places a line, line by line: the order in which the tabulator key goes through them."""
    if number == 1:
        yield st.container()
        return
    for _ in range(0, number, 2):
        yield from st.columns(2)


def _field(case: Case, column: int, value: str) -> None:
    kind = st.text_area if "\n" in value or "\r" in value else st.text_input
    kind(plain(case.columns[column]), value, key=_key(case, column))


def _pick(case: Case, column: int, suggested: str) -> None:
    options = case.choices(column)
    st.selectbox(
        plain(case.columns[column]),
        options,
        index=options.index(suggested.strip()) if suggested.strip() in options else 0,
        format_func=lambda value: value or _BLANK,
        accept_new_options=True,
        key=_key(case, column),
    )


def _key(case: Case, column: int) -> str:
    return f"field_{case.id}_{case.version}_{column}"


def _kept(received: str, typed: str) -> str:
    """What was typed, or, where nothing was, the value as received: browsers rewrite its line ends."""
    return received if typed.splitlines() == received.splitlines() else typed
