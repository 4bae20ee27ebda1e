"""How far an upload is that changes by itself."""

import streamlit as st

from dashboard import auth, resources
from dashboard.components import outage, words
from ingestion import finalization, uploads
from ingestion.rules.lifecycle import JobStatus
from ingestion.uploads import Upload

REFRESH_SECONDS = 3


def show(upload: Upload) -> None:
    """Keep the page up to date until the upload's status changes; then the page is drawn anew."""
    st.fragment(_progress, run_every=REFRESH_SECONDS)(upload.id, upload.status)


@outage.boundary()
def _progress(job_id: int, status: JobStatus) -> None:
    account = auth.require_account()
    upload = uploads.get(resources.sessions(), account.id, job_id)
    if upload.status is not status:
        st.rerun()
    if status is JobStatus.FINALIZING:
        _finalizing(account.id, upload)
    else:
        doing = {
            JobStatus.PENDING: "Waiting for a worker",
            JobStatus.PROCESSING: f"Reading and checking: {words.pace(upload)}",
        }.get(status, f"Uploading: {words.size(upload.processed_bytes)} of {words.size(upload.file_size)}")
        st.progress(upload.progress, text=doing)
        if status is JobStatus.PENDING:
            outage.waits_for_queue()
    st.caption("This page refreshes by itself. You may leave it; the work goes on.")


def _finalizing(user_id: int, upload: Upload) -> None:
    # No bar: contacts are made in one transaction, which shows nothing of itself before its end.
    at = finalization.progress(resources.sessions(), user_id, upload.id)
    rows = words.count(upload.total_rows, "row")
    doing = f"Making the final contacts of {rows}" if at.is_begun else f"{rows} wait for a worker"
    st.status(f"{doing}: {words.duration(at.seconds)} so far", state="running")
