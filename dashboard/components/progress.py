"""How far an upload is that changes by itself."""

import datetime as dt

import streamlit as st

from dashboard import auth, navigation, resources, runs
from dashboard.components import outage, words
from ingestion import finalization, viewing
from ingestion.errors import NotFound
from ingestion.rules.lifecycle import JobStatus
from ingestion.viewing import Upload

REFRESH_SECONDS = 3


def is_past(upload: Upload) -> bool:
    """Whether the file has been read and checked; if not, wait here, or say where the way on is."""
    if upload.is_checked:
        return True
    if upload.in_flight:
        show(upload)
    else:
        st.info("The rows of this upload are not checked yet.", icon=":material/hourglass_empty:")
        if st.button("Go to the upload", type="primary"):
            navigation.open_page("upload", job_id=upload.id)
    return False


def show(upload: Upload) -> None:
    """Keep the page up to date until the upload's status changes; then the page is drawn anew."""
    st.fragment(_progress, run_every=REFRESH_SECONDS)(upload.id, upload.status)


@outage.boundary()
def _progress(job_id: int, status: JobStatus) -> None:
    account = auth.require_account(is_activity=False)
    try:
        upload = viewing.get(resources.sessions(), account.id, job_id)
        at = None
        if status is JobStatus.FINALIZING:
            at = finalization.progress(resources.sessions(), account.id, job_id)
    except NotFound:  # deleted meanwhile; the page says so
        runs.again()
    if upload.status is not status:
        runs.again()
    if upload.next_attempt_at is not None:
        _retried(upload, upload.next_attempt_at)
    elif at is not None:
        _finalizing(upload, at)
    else:
        _on_its_way(upload)
    st.caption("This page refreshes by itself. You may leave it; the work goes on.")


def _on_its_way(upload: Upload) -> None:
    doing = {
        JobStatus.PENDING: "Waiting for a worker",
        JobStatus.PROCESSING: f"Reading and checking{_attempt(upload)}: {words.pace(upload)}",
    }.get(upload.status, f"Uploading: {words.size(upload.processed_bytes)} of {words.size(upload.file_size)}")
    st.progress(upload.progress, text=doing)
    if upload.status is JobStatus.PENDING:
        outage.waits_for_queue()


def _attempt(upload: Upload) -> str:
    limit = resources.settings().job_max_attempts
    return f", attempt {upload.attempt} of {limit}" if upload.attempt > 1 else ""


def _retried(upload: Upload, due: dt.datetime) -> None:
    """What failed, and when it is tried again: nobody has to do anything."""
    seconds = (due - dt.datetime.now(dt.UTC)).total_seconds()
    when = f"in {words.duration(seconds)}" if seconds >= 1 else "now"
    limit = resources.settings().job_max_attempts
    st.warning(
        f"{words.plain(upload.error_message or '')} Attempt {upload.attempt} of {limit} failed, next {when}.",
        icon=":material/autorenew:",
    )


def _finalizing(upload: Upload, at: finalization.Progress) -> None:
    # No bar: contacts are made in one transaction, which shows nothing of itself before its end.
    rows = words.count(upload.total_rows, "row")
    doing = f"Making the final contacts of {rows}" if at.is_begun else f"{rows} wait for a worker"
    st.status(f"{doing}: {words.duration(at.seconds)} so far", state="running")
