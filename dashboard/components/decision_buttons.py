"""The buttons that settle an issue, each with its key."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

import streamlit as st

from dashboard import resources
from dashboard.components import keyboard, row_editor, words
from ingestion import deciding, history, review, undoing
from ingestion.cases import Case, Settled
from ingestion.deciding import Seen
from ingestion.rules.issues import KINDS, Action


class Decide(Protocol):
    """What a button does."""

    def __call__(self, carry_out: Callable[[], None], done: str, *, then: int | None = None) -> None:
        """Carry out a decision and say what was done; show an issue `then`, or the following one."""


def keep(seen: Seen, case: Case, decide: Decide) -> None:
    """A button for each row of a group."""
    for number, candidate in enumerate(case.candidates, start=1):
        row = candidate.row_number
        st.button(
            f"Keep row {row:,}",
            key=f"keep_{case.id}_{row}",
            shortcut=keyboard.digit(number),
            on_click=decide,
            args=(partial(deciding.choose, resources.sessions(), seen, row_number=row), f"Kept row {row:,}"),
        )


def merge(seen: Seen, case: Case, decide: Decide) -> None:
    """Keep a record made of a group's rows."""

    sessions = resources.sessions()

    def clicked() -> None:
        # A value that was typed may reach the server together with the click that follows.
        cells = row_editor.record_of(case)
        decide(partial(deciding.merge, sessions, seen, cells=cells), "Merged")

    st.button(
        "Save merged record",
        key=f"merge_{case.id}",
        icon=":material/merge:",
        shortcut=keyboard.MERGE,
        on_click=clicked,
    )


def accept(seen: Seen, case: Case, decide: Decide) -> None:
    """Leave the row as it is shown, where that is an answer."""
    kind = KINDS[case.type]
    if Action.ACCEPT not in kind.actions:
        return
    st.button(
        kind.accepting,
        icon=":material/check_circle:",
        shortcut=keyboard.ACCEPT,
        key=f"accept_{case.id}",
        on_click=decide,
        args=(partial(deciding.accept, resources.sessions(), seen), words.DECISION[Action.ACCEPT]),
    )


def leave_out(seen: Seen, case: Case, decide: Decide) -> None:
    """Have no contact made of the rows."""
    label = f"Leave all {case.group_size:,} rows out" if case.group_size > 1 else "Leave this row out"
    st.button(
        label,
        icon=":material/remove_circle:",
        shortcut=keyboard.LEAVE_OUT,
        key=f"skip_{case.id}",
        on_click=decide,
        args=(partial(deciding.skip, resources.sessions(), seen), "Left out"),
    )


def suggestions(seen: Seen, case: Case, decide: Decide) -> None:
    """A button for each value that the field may have been meant to be, with its reason."""
    for number, suggestion in enumerate(case.suggestions, start=1):
        cells = case.with_value(suggestion.value)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                f"Use {words.plain(suggestion.value)}",
                key=f"suggestion_{case.id}_{number}",
                icon=":material/lightbulb:",
                shortcut=keyboard.digit(number),
                on_click=decide,
                args=(partial(deciding.edit, resources.sessions(), seen, cells=cells), "Corrected"),
            )
            st.text(suggestion.reason)


def undo(user_id: int, job_id: int, issue_id: int, settled: Settled, decide: Decide) -> None:
    """Ask about a settled issue again."""
    st.button(
        "Undo that decision" if settled.by_consequence else "Undo",
        icon=":material/undo:",
        shortcut=keyboard.UNDO,
        key=f"undo_{settled.decision}",
        on_click=decide,
        args=(partial(undoing.undo, resources.sessions(), user_id, job_id, settled.decision), "Undone"),
        kwargs={"then": issue_id},
    )


def undo_last(user_id: int, job_id: int, decide: Decide) -> None:
    """Take back the newest decision of the person, and show its issue; nothing where there is none."""
    last = history.last_of(resources.sessions(), user_id, job_id)
    if last is None:
        return
    number = sum(last.issues.values())
    about = last.subject or words.count(number, "issue")
    st.button(
        "Undo last" if number == 1 else f"Undo last ({words.count(number, 'issue')})",
        icon=":material/undo:",
        shortcut=keyboard.UNDO,
        key=f"undo_last_{last.id}",
        type="tertiary",
        help=words.plain(f"{words.decision(last)}: {about}"),
        on_click=decide,
        args=(partial(undoing.undo, resources.sessions(), user_id, job_id, last.id), "Undone"),
        kwargs={"then": review.issue_of(resources.sessions(), user_id, job_id, last.id)},
    )
