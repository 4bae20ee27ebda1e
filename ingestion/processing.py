"""From a stored file to raw rows, issues and duplicate groups: what a worker does with an upload."""

import datetime as dt
import logging
from collections.abc import Callable, Sequence

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
from ingestion.errors import QueueUnavailable, UnreadableFile
from ingestion.rules.lifecycle import JobStatus, may_move
from ingestion.rules.validation import RULES_VERSION
from ingestion.storage import Bucket, sha256_of_file

logger = logging.getLogger(__name__)

_SILENT_AFTER = dt.timedelta(seconds=30)
"""A worker writes a sign of life every second or so while it reads; one silent this long may be dead."""
_UPLOAD_TAKES_AT_MOST = dt.timedelta(minutes=15)


def process(
    sessions: Sessions,
    bucket: Bucket,
    job_id: int,
    *,
    max_attempts: int,
    max_bytes: int = MAX_UNPACKED_BYTES,
) -> None:
    """Process a PENDING job to NEEDS_REVIEW, COMPLETED or, for a file that cannot be read, FAILED.

    `max_bytes` is the most that a packed file may hold. May be called any number of times, by several
    workers at once: one of them works, and a job that is past this step is left alone. What interrupts it
    leaves nothing behind; other errors are the caller's to retry.
    """
    if take_in(sessions, bucket, job_id, max_attempts=max_attempts, max_bytes=max_bytes):
        # Not before: whoever waits for the review does not wait for this.
        with sessions.begin() as session:
            rows.analyze(session)
    finalization.finalize(sessions, job_id)


def take_in(sessions: Sessions, bucket: Bucket, job_id: int, *, max_attempts: int, max_bytes: int) -> bool:
    """The first part of `process`: to NEEDS_REVIEW, or FINALIZING where nothing is to be reviewed.

    Whether rows were taken in now.
    """
    with sessions.begin() as work:
        if not jobs.try_lock(work, job_id):
            logger.info("job %d: another worker has it", job_id)
            return False
        begun = _begin(sessions, job_id, max_attempts)
        if begun is None:
            return False
        try:
            _load(sessions, work, bucket, begun, max_bytes)
        except UnreadableFile as error:
            work.rollback()
            fail(sessions, job_id, str(error))
            return False
        except BaseException:
            work.rollback()
            _put_back(sessions, job_id)
            raise
    return True


def fail(sessions: Sessions, job_id: int, message: str) -> None:
    """End a job that cannot be processed, with what a person can do about it.

    A job that somebody works on, or that is past processing, is left alone.
    """
    with sessions.begin() as session:
        if not jobs.try_lock(session, job_id):
            return
        job = jobs.find(session, job_id, lock=True)
        if job is not None and may_move(job.status, JobStatus.FAILED):
            job.status = JobStatus.FAILED
            job.error_message = message.replace("\0", "\ufffd")
            logger.warning("job %d failed: %s", job_id, message)


def requeue_lost(
    sessions: Sessions,
    enqueue_process: Callable[[int, str], None],
    enqueue_finalize: Callable[[int], None],
    *,
    waiting_longer_than: dt.timedelta,
) -> int:
    """Send jobs in flight to the workers again whose message seems lost; returns how many.

    A message too many does no harm, so this may run anywhere at any time; each job is sent at most once in
    `waiting_longer_than`.
    """
    now = dt.datetime.now(dt.UTC)
    with sessions.begin() as session:
        jobs.fail_interrupted_uploads(
            session,
            begun_before=now - _UPLOAD_TAKES_AT_MOST,
            message="The upload was interrupted before the file had arrived. Upload the file again.",
        )
    sent = 0
    while True:
        with sessions.begin() as session:
            lost = jobs.claim_lost(
                session,
                waiting_since=now - waiting_longer_than,
                silent_since=now - min(_SILENT_AFTER, waiting_longer_than),
            )
        for place, job in enumerate(lost):
            try:
                if job.status == JobStatus.FINALIZING:
                    enqueue_finalize(job.id)
                else:
                    enqueue_process(job.id, job.file_key)
            except QueueUnavailable:
                logger.warning("the queue does not answer; lost jobs wait", exc_info=True)
                _not_sent(sessions, lost[place:])
                return sent
            sent += 1
        if not lost:
            return sent


def _not_sent(sessions: Sessions, unsent: Sequence[Job]) -> None:
    with sessions.begin() as session:
        for job in unsent:
            jobs.change(session, job.id, enqueued_at=None)


def _begin(sessions: Sessions, job_id: int, max_attempts: int) -> Job | None:
    """Mark the job PROCESSING in a transaction of its own, and give it back; None: nothing is to be done."""
    with sessions.begin() as session:
        job = jobs.find(session, job_id, lock=True)
        if job is None or not may_move(job.status, JobStatus.PROCESSING):
            return None
        if job.attempt >= max_attempts:
            job.status = JobStatus.FAILED
            job.error_message = (
                f"Processing stopped {job.attempt} times without an answer, most likely because a worker ran "
                "out of memory or was killed. Try again; if it stops again, split the file."
            )
            return None
        job.status = JobStatus.PROCESSING
        job.attempt += 1
        job.processed_rows = job.processed_bytes = 0
        job.error_message = None
        job.started_at = job.heartbeat_at = dt.datetime.now(dt.UTC)
        return job


def _load(sessions: Sessions, work: Session, bucket: Bucket, job: Job, max_bytes: int) -> None:
    job_id = job.id
    options = ParseOptions.from_json(job.parse_options)
    with (
        bucket.local_copy(job.file_key) as path,
        open_contacts(path, options, max_bytes=max_bytes) as file,
    ):
        # Of a file that came straight from a browser nobody has read all bytes before.
        content_sha256 = sha256_of_file(path) if job.arrived_at else job.file_sha256
        rows.delete_derived(work, job_id)
        loaded = loading.load(work, job_id, file, _progress_of(sessions, job))
    jobs.change(
        work,
        job_id,
        status=JobStatus.NEEDS_REVIEW if loaded.issues else JobStatus.FINALIZING,
        columns=file.columns,
        content_sha256=content_sha256,
        rules_version=RULES_VERSION,
        total_rows=loaded.total_rows,
        processed_rows=loaded.total_rows,
        processed_bytes=Job.file_size,
        valid_rows=loaded.valid_rows,
        conflict_count=loaded.issues.total(),
        error_message=None,
        processed_at=func.clock_timestamp(),
        heartbeat_at=func.clock_timestamp(),
    )
    issues = {kind.value: count for kind, count in loaded.issues.items()}
    logger.info("job %d: %d rows, issues: %s", job_id, loaded.total_rows, issues)


def _put_back(sessions: Sessions, job_id: int) -> None:
    """Have an interrupted job wait for its retry. Only a worker that dies without a word costs an attempt."""
    try:
        with sessions.begin() as session:
            job = jobs.find(session, job_id, lock=True)
            if job is not None and job.status == JobStatus.PROCESSING:
                job.status = JobStatus.PENDING
                job.attempt -= 1
                job.enqueued_at = dt.datetime.now(dt.UTC)
    except SQLAlchemyError:
        # The database is what fails: the job stays as it is, and is found by its silence.
        logger.warning("job %d could not be put back", job_id, exc_info=True)


def _progress_of(sessions: Sessions, job: Job) -> loading.Progress:
    def report(done_rows: int, done: float) -> None:
        # Of its own transaction: the one that loads is seen by nobody until its end.
        with sessions.begin() as session:
            jobs.change(
                session,
                job.id,
                processed_rows=done_rows,
                processed_bytes=int(done * job.file_size),
                heartbeat_at=func.clock_timestamp(),
            )

    return report
