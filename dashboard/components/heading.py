"""The head of a page about one upload."""

import streamlit as st

from dashboard import navigation, resources
from dashboard.components import words
from ingestion import viewing
from ingestion.errors import NotFound
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Relation
from ingestion.viewing import Upload


def asked_for_upload(user_id: int) -> Upload | None:
    """The upload that the address names. None, with a word about it, when it is nobody's or another's."""
    job_id = navigation.asked_for_job()
    if job_id is None:
        return None
    try:
        return viewing.get(resources.sessions(), user_id, job_id)
    except NotFound as error:
        st.error(str(error), icon=":material/search_off:")
        return None


def asked_for_upload_or_way_back(user_id: int) -> Upload | None:
    """The upload that the address names; without one a way to the uploads is shown."""
    upload = asked_for_upload(user_id)
    if upload is None and st.button("Go to uploads"):
        navigation.open_page("uploads")
    return upload


def show(upload: Upload, *, current: str) -> None:
    """The file's name, its status, whose it is, and ways to other pages; `current` is the one shown."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(words.plain(upload.filename), width="content", anchor=False)
        st.badge(words.status(upload), color=words.status_color(upload))  # type: ignore[arg-type]
        st.space("stretch")
        for name, label, icon in _ways(upload):
            if name != current and st.button(label, key=f"way_{name}", icon=icon):
                navigation.open_page(name, job_id=None if name == "uploads" else upload.id)
    if upload.relation is not Relation.OWN:
        shared = ", shared with you" if upload.relation is Relation.SHARED else ""
        st.caption(f"Uploaded by {words.plain(upload.owner)}{shared}")


def _ways(upload: Upload) -> list[tuple[str, str, str]]:
    ways = [("uploads", "All uploads", ":material/arrow_back:"), ("upload", "Overview", ":material/info:")]
    if upload.processed_at:
        ways.append(("review", "Issues", ":material/rule:"))
        ways.append(("outcome", "Outcome", ":material/call_split:"))
        ways.append(("history", "History", ":material/history:"))
    if upload.status is JobStatus.COMPLETED:
        ways.append(("contacts", "Contacts", ":material/contacts:"))
    return ways


def opened(user_id: int, status: JobStatus, *, page: str, title: str, nothing: str) -> Upload | None:
    """The upload that a page is about, its head shown; without one a choice of the newest in a status.

    `nothing` is said when there is none to choose.
    """
    upload = asked_for_upload(user_id)
    if upload is None:
        st.title(title)
        _choose(user_id, status, page=page, nothing=nothing)
    else:
        show(upload, current=page)
    return upload


def _choose(user_id: int, status: JobStatus, *, page: str, nothing: str) -> None:
    newest = viewing.listed(resources.sessions(), user_id)
    found = [upload for upload in newest if upload.status is status]
    if not found:
        st.info(nothing, icon=":material/inbox:")
        if st.button("Go to uploads"):
            navigation.open_page("uploads")
        return
    chosen = st.selectbox(
        "Upload",
        found,
        index=None,
        placeholder="Choose an upload",
        format_func=lambda upload: f"{upload.filename} · {words.moment(upload.created_at)}",
        width=560,
    )
    if chosen is not None:
        navigation.open_page(page, job_id=chosen.id)
