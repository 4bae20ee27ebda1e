"""Workers and jobs as tables: what is stuck, what is worked on, what is tried again, what failed."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components import audit_words, tables, words
from ingestion.audit import AuditEntry
from ingestion.operations import MOST_SHOWN, JobState, StuckJob, WorkerState
from ingestion.rules.stuck import Stuck

_WHY = {
    Stuck.NOT_BEGUN: "No worker took it up",
    Stuck.NO_WORKER: "Begun, but nobody works on it",
    Stuck.SLOW: "Worked on for more than half of the time limit",
    Stuck.UPLOAD_SILENT: "The browser stopped sending the file",
}
_NEXT = {
    Stuck.NOT_BEGUN: "Start workers, or more of them",
    Stuck.NO_WORKER: "A worker takes it up when one is free",
    Stuck.SLOW: "Wait, or look at the worker's log",
    Stuck.UPLOAD_SILENT: "It fails by itself after a day; its owner may go on",
}


def stuck(found: Sequence[StuckJob]) -> None:
    """Jobs that take longer than expected."""
    st.subheader("Stuck uploads")
    if not found:
        st.caption("No upload takes longer than expected.")
        return
    _table(
        [
            {
                **_upload(one.job),
                "Status": words.STATUS[one.job.status],
                "What is wrong": _WHY[one.why],
                "For": words.duration(one.seconds),
                "What to do": _NEXT[one.why],
            }
            for one in found
        ],
        key="stuck_jobs",
    )


def workers(found: Sequence[WorkerState]) -> None:
    """Worker processes, what each does and since when."""
    st.subheader("Workers")
    if not found:
        st.caption("No worker gave a sign of life in the last hour.")
        return
    _table([_worker(worker) for worker in found], key="workers", State=_state_column())


def retried(found: Sequence[JobState]) -> None:
    """Jobs that failed for a reason that passes."""
    st.subheader("Tried again")
    if not found:
        st.caption("No upload is in a second attempt.")
        return
    _table(
        [
            {
                **_upload(job),
                "Status": words.STATUS[job.status],
                "Attempt": job.attempt,
                "Next attempt": f"in {words.duration(job.due_in)}"
                if job.due_in and job.due_in > 0
                else "now",
                "What went wrong last": job.error,
            }
            for job in found
        ],
        key="retried_jobs",
    )


def failures(found: Sequence[JobState]) -> None:
    """Jobs that failed in the last day."""
    st.subheader("Failed in the last 24 hours")
    if not found:
        st.caption("No upload failed.")
        return
    _table(
        [{**_upload(job), "When": words.moment(job.last_sign_at), "Reason": job.error} for job in found],
        key="failed_jobs",
        File=st.column_config.TextColumn(width="medium"),
        Reason=st.column_config.TextColumn(width=560),
    )


def done(entries: Sequence[AuditEntry]) -> None:
    """What people, and the product by itself, did to the installation lately."""
    st.subheader("What was done lately")
    if not entries:
        st.caption("Nobody deleted an upload or answered a dead letter yet.")
        return
    _table(
        [
            {
                "When": words.moment(entry.at),
                "Who": audit_words.who(entry),
                "What": audit_words.what(entry),
            }
            for entry in entries
        ],
        key="audit_entries",
        What=st.column_config.TextColumn(width="large"),
    )


def _table(lines: list[dict[str, Any]], *, key: str, **columns: Any) -> None:
    st.dataframe(
        pd.DataFrame(lines),
        key=key,
        hide_index=True,
        height=tables.height(len(lines), most=8, pixels=316),
        placeholder="–",
        column_config=columns,
    )
    if len(lines) >= MOST_SHOWN:
        st.caption(f"The list ends at {MOST_SHOWN}.")


def _upload(job: JobState) -> dict[str, Any]:
    return {"File": job.filename, "Owner": job.owner}


def _worker(worker: WorkerState) -> dict[str, Any]:
    state = "Lost" if not worker.is_alive else "Idle" if worker.task is None else "Busy"
    return {
        "Worker": worker.name,
        "State": [state],
        "Doing": words.TASK.get(worker.task, worker.task) if worker.task else None,
        "File": worker.filename,
        "For": words.duration(worker.busy) if worker.busy is not None else None,
        "Running for": words.duration(worker.running),
        "Last seen": f"{words.duration(worker.unseen)} ago",
    }


def _state_column() -> Any:
    return st.column_config.MultiselectColumn(
        options=["Busy", "Idle", "Lost"], color=["blue", "green", "red"], width=90
    )
