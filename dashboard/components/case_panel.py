"""One issue: what it is about, and every way to settle it."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

import streamlit as st

from dashboard import resources
from dashboard.components import candidates, row_editor, words
from ingestion import deciding, review, undoing
from ingestion.deciding import Seen
from ingestion.review import Case, Settled
from ingestion.rules.issues import ACTIONS, Action, IssueType


class Decide(Protocol):
    """What a button does."""

    def __call__(self, carry_out: Callable[[], None], done: str, *, stays: bool = False) -> None:
        """Carry out a decision and say what was done; then show the next issue, or the same if it `stays`."""


_SHORTCUTS = 9

_EXPLANATION = {
    IssueType.DUPLICATE_EMAIL: "These rows share an e-mail address but are not the same person on paper.",
    IssueType.MISSING_EMAIL: "The row has no e-mail address.",
    IssueType.INVALID_EMAIL_FORMAT: "The e-mail address is not valid.",
    IssueType.MISSING_FIRST_NAME: "The first name is blank.",
    IssueType.MISSING_LAST_NAME: "The last name is blank.",
    IssueType.MISSING_COMPANY: "The company is blank.",
    IssueType.MALFORMED_ROW: "The row does not fit the header. It is shown filled up with blanks, or cut.",
}


def show(user_id: int, job_id: int, issue_id: int, decide: Decide) -> None:
    """The issue, its rows side by side, and what may be decided; a settled one says who did what."""
    sessions = resources.sessions()
    page_key = f"candidates_page_{issue_id}"
    case = review.case(sessions, user_id, job_id, issue_id, page=st.session_state.get(page_key, 1) - 1)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(words.ISSUE[case.type], color="orange" if case.is_open else "green")
        st.text(case.key if case.type is IssueType.DUPLICATE_EMAIL else f"Row {case.key}")
        if case.group_size > 1:
            st.caption(words.count(case.group_size, "row"))
    st.text(_EXPLANATION[case.type])
    if case.detail and case.type is not IssueType.DUPLICATE_EMAIL:
        st.text(case.detail)
    candidates.show(case)
    candidates.show_surplus(case)
    if case.group_size > review.CANDIDATES_PER_PAGE:
        st.pagination(-(-case.group_size // review.CANDIDATES_PER_PAGE), key=page_key)
    if case.settled is None:
        _ways_to_settle(user_id, job_id, case, decide)
    else:
        _settled(user_id, job_id, case.settled, decide)


def _ways_to_settle(user_id: int, job_id: int, case: Case, decide: Decide) -> None:
    # What a button does is fixed when it is drawn, the version of the issue with it. A click that comes late
    # thus decides on what its person saw, and is refused when that has changed.
    seen = Seen(user_id, job_id, case.id, case.version)
    group = case.type is IssueType.DUPLICATE_EMAIL
    with st.container(horizontal=True, gap="small"):
        if group:
            _keep_buttons(seen, case, decide)
        if Action.ACCEPT in ACTIONS[case.type]:
            _accept_button(seen, case, decide)
        _skip_button(seen, case, decide)
    if not group:
        _suggestions(seen, case, decide)
        row_editor.correct(
            case,
            lambda cells: decide(
                partial(deciding.edit, resources.sessions(), seen, cells=cells), "Corrected"
            ),
        )
    elif case.group_size <= review.CANDIDATES_PER_PAGE:
        st.markdown("**Or merge them field by field**")
        row_editor.merge(
            case,
            lambda cells: decide(partial(deciding.merge, resources.sessions(), seen, cells=cells), "Merged"),
        )
    else:
        st.caption(f"Groups of up to {review.CANDIDATES_PER_PAGE} rows can also be merged field by field.")


def _suggestions(seen: Seen, case: Case, decide: Decide) -> None:
    """A button for each value that the field may have been meant to be, with its reason."""
    for number, suggestion in enumerate(case.suggestions, start=1):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                f"Use {words.plain(suggestion.value)}",
                key=f"suggestion_{case.id}_{number}",
                icon=":material/lightbulb:",
                shortcut=str(number),
                on_click=decide,
                args=(
                    partial(
                        deciding.edit, resources.sessions(), seen, cells=case.with_value(suggestion.value)
                    ),
                    "Corrected",
                ),
            )
            st.text(suggestion.reason)


def _keep_buttons(seen: Seen, case: Case, decide: Decide) -> None:
    for number, candidate in enumerate(case.candidates, start=1):
        row = candidate.row_number
        st.button(
            f"Keep row {row}",
            key=f"keep_{case.id}_{row}",
            shortcut=str(number) if number <= _SHORTCUTS else None,
            on_click=decide,
            args=(partial(deciding.choose, resources.sessions(), seen, row_number=row), f"Kept row {row}"),
        )


def _accept_button(seen: Seen, case: Case, decide: Decide) -> None:
    label, done = ("Keep it blank", "Kept blank")
    if case.type is IssueType.MALFORMED_ROW:
        label, done = ("Accept as shown", "Accepted as shown")
    st.button(
        label,
        icon=":material/check_circle:",
        shortcut="A",
        key=f"accept_{case.id}",
        on_click=decide,
        args=(partial(deciding.accept, resources.sessions(), seen), done),
    )


def _skip_button(seen: Seen, case: Case, decide: Decide) -> None:
    label = f"Leave all {case.group_size} rows out" if case.group_size > 1 else "Leave this row out"
    st.button(
        label,
        icon=":material/remove_circle:",
        shortcut="S",
        key=f"skip_{case.id}",
        on_click=decide,
        args=(partial(deciding.skip, resources.sessions(), seen), "Left out"),
    )


def _settled(user_id: int, job_id: int, settled: Settled, decide: Decide) -> None:
    what = words.DECISION[settled.action].lower()
    if settled.action is Action.CHOOSE and settled.row_number is not None and not settled.by_consequence:
        what = f"chose row {settled.row_number}"
    how = " by a decision on another issue" if settled.by_consequence else ""
    st.success(
        f"Settled{how}: {words.plain(settled.by)} {what} on {words.moment(settled.at)}.",
        icon=":material/task_alt:",
    )
    st.button(
        "Undo that decision" if settled.by_consequence else "Undo",
        icon=":material/undo:",
        shortcut="U",
        key=f"undo_{settled.decision}",
        on_click=decide,
        args=(partial(undoing.undo, resources.sessions(), user_id, job_id, settled.decision), "Undone"),
        kwargs={"stays": True},
    )
