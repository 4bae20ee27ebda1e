"""From a stored file to raw rows, issues and duplicate groups: what a worker does with an upload."""

from contextlib import ExitStack
from typing import Any

from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Job
from db.queries import jobs, rows
from ingestion import finalization, loading
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.records import open_contacts
from ingestion.csv_file.text import MAX_UNPACKED_BYTES
from ingestion.rules.lifecycle import PROCESS, JobStatus
from ingestion.rules.validation import RULES_VERSION
from ingestion.storage import Bucket, sha256_of_file
from ingestion.telemetry import traces
from ingestion.telemetry.logs import get_logger
from ingestion.telemetry.stages import stage
from ingestion.working import NO_HURRY, Attempts, attempt

logger = get_logger(__name__)


def process(
    sessions: Sessions,
    bucket: Bucket,
    job_id: int,
    *,
    attempts: Attempts = NO_HURRY,
    max_bytes: int = MAX_UNPACKED_BYTES,
) -> None:
    """Process a PENDING job to NEEDS_REVIEW, COMPLETED or, for a file that cannot be read, FAILED.

    `max_bytes` is the most that a packed file may hold. May be called any number of times, by several
    workers at once: one of them works, and a job that is past this step is left alone. What interrupts it
    leaves nothing behind. Raises RetryLater and GivenUp, as `working.attempt` does.
    """
    take_in(sessions, bucket, job_id, attempts=attempts, max_bytes=max_bytes)
    finalization.finalize(sessions, job_id, attempts=attempts)


@traces.span("take in")
def take_in(
    sessions: Sessions, bucket: Bucket, job_id: int, *, attempts: Attempts = NO_HURRY, max_bytes: int
) -> None:
    """The first part of `process`: to NEEDS_REVIEW, or FINALIZING where nothing is to be reviewed."""

    def load(session: Session, job: Job) -> dict[str, Any]:
        return _load(sessions, session, bucket, job, max_bytes)

    attempt(sessions, job_id, PROCESS, attempts, load)


def _load(sessions: Sessions, work: Session, bucket: Bucket, job: Job, max_bytes: int) -> dict[str, Any]:
    """Take a job's file in; what that changes in the job."""
    options = ParseOptions.from_json(job.parse_options)
    with bucket.local_copy(job.file_key) as path, ExitStack() as opened:
        with traces.span("open"):
            file = opened.enter_context(open_contacts(path, options, max_bytes=max_bytes))
        # Of a file that came straight from a browser nobody has read all bytes before.
        content_sha256 = sha256_of_file(path) if job.arrived_at else job.file_sha256
        rows.delete_derived(work, job.id)
        loaded = loading.load(work, job.id, file, _progress_of(sessions, job))
    # Before anybody sees the rows: a worker that dies right after leaves no planner without a notion of them.
    with stage("analyze"):
        rows.analyze(work)
    issues = {kind.value: count for kind, count in loaded.issues.items()}
    logger.info("file_read", rows=loaded.total_rows, valid_rows=loaded.valid_rows, issues=issues)
    return {
        **_status_after(loaded.issues.total()),
        "columns": file.columns,
        "content_sha256": content_sha256,
        "rules_version": RULES_VERSION,
        "total_rows": loaded.total_rows,
        "processed_rows": loaded.total_rows,
        "processed_bytes": Job.file_size,
        "valid_rows": loaded.valid_rows,
        "conflict_count": loaded.issues.total(),
        "processed_at": func.clock_timestamp(),
        "heartbeat_at": func.clock_timestamp(),
    }


def _status_after(issues: int) -> dict[str, Any]:
    """Of a file that was taken in: reviewed where there is something to decide, else finalized at once."""
    if issues:
        return {"status": JobStatus.NEEDS_REVIEW}
    return {"status": JobStatus.FINALIZING, "attempt": 0}


def _progress_of(sessions: Sessions, job: Job) -> loading.Progress:
    def report(done_rows: int, done: float) -> None:
        try:
            # Of its own transaction: the one that loads is seen by nobody until its end.
            with traces.untraced(), sessions.begin() as session:
                jobs.report_progress(session, job, done_rows, int(done * job.file_size))
        except SQLAlchemyError:
            # Only people look at it. Where the database is gone, loading notices by itself.
            logger.warning("progress_not_written", exc_info=True)

    return report
