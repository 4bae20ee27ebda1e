"""One upload: where it stands and what to do next."""

import pandas as pd
import streamlit as st

from dashboard import auth, navigation, resources, workers
from dashboard.components import (
    balance,
    bulk_answer,
    decisions,
    deleting,
    files,
    heading,
    notices,
    progress,
    sharing,
    stored_file,
    uploader,
    words,
)
from ingestion import error_report, finalization, history, outcome, review, uploads, versions
from ingestion.accounts import Account
from ingestion.finalization import Balance
from ingestion.rules.issues import KINDS
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission
from ingestion.viewing import Upload

_DECISIONS = 5
"""The newest are shown here."""


def page() -> None:
    """The state of an upload, its issues in numbers, and the next step."""
    account = auth.require_account()
    notices.show()
    upload = heading.asked_for_upload_or_way_back(account.id)
    if upload is None:
        return
    heading.show(upload, current="upload")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Upload {upload.id} · {words.size(upload.file_size)} · {words.moment(upload.created_at)}")
        sharing.button(account.id, upload)
        deleting.button(account.id, upload)
    if upload.awaits_columns:
        stored_file.ask(account.id, upload)
    elif upload.in_flight:
        progress.show(upload)
    elif upload.status is JobStatus.FAILED:
        _failed(account, upload)
    else:
        _processed(account.id, upload)


def _failed(account: Account, upload: Upload) -> None:
    st.error(words.plain(upload.error_message or "It failed for an unknown reason."), icon=":material/error:")
    may_manage = upload.may(Permission.MANAGE)
    with st.container(horizontal=True):
        if may_manage and upload.can_be_retried and st.button("Try again", icon=":material/refresh:"):
            with notices.attempt():
                uploads.retry(resources.sessions(), workers.enqueue_process, account.id, upload.id)
            st.rerun()
        if uploader.may_upload(account) and st.button(
            "Upload another file", icon=":material/upload:", type="primary"
        ):
            navigation.open_page("uploads")
    if not may_manage:
        st.text(f"{upload.owner} can have it tried again, or read another way.")
    elif st.toggle("Read the stored file another way", key=f"reread_{upload.id}"):
        stored_file.read_as(account.id, upload)


def _processed(user_id: int, upload: Upload) -> None:
    sessions = resources.sessions()
    if upload.error_message:
        st.error(words.plain(upload.error_message), icon=":material/error:")
    if upload.status is JobStatus.COMPLETED:
        _balance(user_id, upload, finalization.result(sessions, user_id, upload.id))
        _completed(upload)
    elif upload.open_issues:
        _numbers(upload)
        _to_review(upload)
    else:
        _balance(user_id, upload, finalization.preview(sessions, user_id, upload.id))
        _ready(user_id, upload)
    _issues(user_id, upload)
    to_correct = error_report.is_any_to_correct(sessions, user_id, upload.id)
    left_out = error_report.is_any_left_out(sessions, user_id, upload.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        files.rows(upload, to_correct=to_correct, left_out=left_out)
        if upload.status is not JobStatus.COMPLETED and (to_correct or left_out):
            files.exact_cells(upload)
    made = versions.listed(sessions, user_id, upload.id)
    if len(made) > 1:
        files.versions(upload, made)
    _history(user_id, upload)


def _balance(user_id: int, upload: Upload, found: Balance | None) -> None:
    if found is None:
        return
    differing = _differing(user_id, upload.id) if found.collapsed else 0
    balance.show(found, differing)
    with st.container(horizontal=True):
        if differing and upload.may_decide:
            bulk_answer.repeats_button(user_id, upload.id)
        if st.button("What becomes of each row", icon=":material/call_split:", type="tertiary"):
            navigation.open_page("outcome", job_id=upload.id)


def _differing(user_id: int, job_id: int) -> int:
    # Counted once for each state that decisions make: of a million rows it takes some seconds.
    newest = history.listed(resources.sessions(), user_id, job_id, limit=1)
    key = f"differing_{job_id}_{newest[0].id if newest else 0}"
    if key not in st.session_state:
        st.session_state[key] = outcome.differing(resources.sessions(), user_id, job_id)
    found: int = st.session_state[key]
    return found


def _numbers(upload: Upload) -> None:
    for column, (label, number, explanation) in zip(
        st.columns(3, width=640),
        (
            ("Rows in the file", upload.total_rows, "Records, without header and blank lines."),
            ("Usable rows", upload.valid_rows, "Rows with a valid e-mail address that nobody left out."),
            ("Open issues", upload.open_issues, "Questions that only a person can answer."),
        ),
        strict=True,
    ):
        column.metric(label, f"{number:,}", help=explanation, border=True)


def _to_review(upload: Upload) -> None:
    if st.button(
        f"Review {words.count(upload.open_issues, 'issue')}", type="primary", icon=":material/rule:"
    ):
        navigation.open_page("review", job_id=upload.id)


def _ready(user_id: int, upload: Upload) -> None:
    st.success("Every issue is settled. These numbers are what finalizing gives.", icon=":material/done_all:")
    if not upload.may(Permission.FINALIZE):
        st.text(f"{upload.owner} can finalize it now.")
    elif st.button("Finalize", type="primary", icon=":material/task_alt:"):
        with notices.attempt():
            finalization.request(resources.sessions(), workers.enqueue_finalize, user_id, upload.id)
        st.rerun()


def _completed(upload: Upload) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        files.contacts(upload)
        files.exact_cells(upload)
        if st.button("Look at the contacts", icon=":material/contacts:"):
            navigation.open_page("contacts", job_id=upload.id)


def _issues(user_id: int, upload: Upload) -> None:
    counts = review.counts(resources.sessions(), user_id, upload.id)
    if not counts:
        st.success("Nothing to settle: every row is usable as received.", icon=":material/verified:")
        return
    st.subheader("Issues")
    st.dataframe(
        pd.DataFrame(
            [
                {"Kind": KINDS[kind].title, "Open": opened, "Settled": settled}
                for kind, (opened, settled) in counts.items()
            ]
        ),
        hide_index=True,
        width=560,
        column_config={
            "Open": st.column_config.NumberColumn(format="localized"),
            "Settled": st.column_config.NumberColumn(format="localized"),
        },
    )


def _history(user_id: int, upload: Upload) -> None:
    entries = history.listed(resources.sessions(), user_id, upload.id, limit=_DECISIONS)
    if not entries:
        return
    st.subheader("Decisions")
    decisions.table(entries)
    if st.button("All decisions", icon=":material/history:"):
        navigation.open_page("history", job_id=upload.id)
