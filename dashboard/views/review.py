"""Settling the issues of one upload."""

from collections.abc import Callable

import streamlit as st

from dashboard import auth, navigation, resources
from dashboard.components import (
    case_panel,
    decision_buttons,
    heading,
    issue_queue,
    keyboard,
    notices,
    progress,
    words,
)
from dashboard.components.browsing import queue_of
from ingestion import review
from ingestion.errors import NotFound
from ingestion.review import IssueSummary
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission
from ingestion.viewing import Upload


def page() -> None:
    """The queue of issues, and the one on screen with its rows side by side."""
    account = auth.require_account()
    upload = heading.opened(
        account.id,
        JobStatus.NEEDS_REVIEW,
        page="review",
        title="Review",
        nothing="None of the newest uploads waits for review. One with issues shows up here.",
    )
    if upload is None:
        return
    notices.show()
    if not progress.is_past(upload):
        return
    # Those that are open are counted in the upload: of a large one, to count all at each key takes long.
    settled = review.settled(resources.sessions(), account.id, upload.id)
    total = upload.open_issues + settled
    if not total:
        st.success("This upload has no issues.", icon=":material/verified:")
        return
    if not upload.open_issues and upload.status is JobStatus.NEEDS_REVIEW:
        _all_settled(upload)
    left, right = st.container(key="wide").columns([1.15, 2.4], gap="medium")
    with left:
        st.progress(settled / total, text=f"{settled:,} of {words.count(total, 'issue')} settled")
        found = issue_queue.show(account.id, upload)
    with right:
        _case(account.id, upload, found)


def _all_settled(upload: Upload) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success("Every issue is settled.", icon=":material/done_all:", width="stretch")
        if upload.may(Permission.FINALIZE) and st.button(
            "Go on to finalize", type="primary", icon=":material/task_alt:"
        ):
            navigation.open_page("upload", job_id=upload.id)


def _case(user_id: int, upload: Upload, found: list[IssueSummary]) -> None:
    queue = queue_of(upload.id)
    current = queue.current

    def decide(carry_out: Callable[[], None], done: str, *, then: int | None = None) -> None:
        queue.show_issue(current)  # a refused decision leaves its issue on screen
        with notices.attempt():
            if auth.current_account() is None:
                return  # signed out meanwhile: the page says so
            carry_out()
            notices.done(done)
            if then is None:
                queue.settled(found)
            else:
                queue.show_issue(then)

    try:
        case = None if current is None else case_panel.opened(user_id, upload.id, current)
    except NotFound:  # an address or a session that outlived its issue
        queue.show_issue(None)
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        issue_queue.step_buttons(queue, found)
        st.space("stretch")
        has_undo = case is not None and not case.is_open  # of its own, with the same key
        if upload.may_decide and not has_undo:
            decision_buttons.undo_last(user_id, upload.id, decide)
        keyboard.help_button()
    if case is None:
        st.info(
            "Nothing to show here. Choose “Settled” or “All” to look at what was decided.",
            icon=":material/filter_alt:",
        )
        return
    case_panel.show(user_id, upload, case, decide)
