"""From a file in the store to a job for the workers: looked at, and read as its operator says."""

import datetime as dt

from db.engine import Sessions
from db.models import Job
from ingestion import column_mappings
from ingestion.access import permitted
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.proposal import propose
from ingestion.csv_file.source import Source, examine
from ingestion.csv_file.text import MAX_UNPACKED_BYTES
from ingestion.errors import Conflict, UnreadableFile
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission
from ingestion.settings import MEGABYTE
from ingestion.storage import Bucket
from ingestion.telemetry import metrics
from ingestion.telemetry.logs import get_logger
from ingestion.uploads import Enqueue, begin_again, hand_over

logger = get_logger(__name__)

_EXAMINED_BYTES = 64 * MEGABYTE
"""All of any file that went through the dashboard, a workbook among them."""
_BEGINNING_BYTES = 8 * MEGABYTE


def arrived(
    sessions: Sessions,
    bucket: Bucket,
    enqueue: Enqueue,
    *,
    user_id: int,
    job_id: int,
    max_bytes: int = MAX_UNPACKED_BYTES,
    options: ParseOptions | None = None,
) -> None:
    """Take over a file that was sent straight to the store.

    `options` say how it is read where that is settled: then it is not looked at, and its job is PENDING.
    So is it where that is beyond doubt, or the user said so of the same header before; else it stays
    UPLOADING until `confirm`. A file that is no contact list fails with what it is instead; `max_bytes` is
    the most that it may hold unpacked. Raises NotFound, NotAllowed, StorageUnavailable.
    """
    message = None
    if options is None:
        try:
            source = look(sessions, bucket, user_id=user_id, job_id=job_id, max_bytes=max_bytes)
            proposal = column_mappings.recalled(sessions, user_id, propose(source))
            options = proposal.options() if proposal.is_certain else None
        except UnreadableFile as error:
            message = str(error)
    with sessions.begin() as session:
        job = permitted(session, user_id, job_id, Permission.MANAGE, lock=True)
        if job.status != JobStatus.UPLOADING or job.arrived_at is not None:
            return
        job.arrived_at = dt.datetime.now(dt.UTC)
        if message is not None:
            job.status, job.error_message = JobStatus.FAILED, message
        elif options is not None:
            _hand_in(job, options)
    logger.info("upload_arrived", job_id=job_id, user_id=user_id, bytes=job.file_size, status=job.status)
    metrics.arrived("direct", job.file_size)
    if options is not None:
        hand_over(sessions, job_id, lambda: enqueue(job_id, job.file_key))


def look(
    sessions: Sessions, bucket: Bucket, *, user_id: int, job_id: int, max_bytes: int = MAX_UNPACKED_BYTES
) -> Source:
    """The beginning of a stored file, which may hold `max_bytes` unpacked.

    Raises NotFound, NotAllowed, UnreadableFile, StorageUnavailable.
    """
    with sessions() as session:
        job = permitted(session, user_id, job_id, Permission.MANAGE)
    length = examined_bytes(job.file_size)
    head = bucket.head(job.file_key, length)
    return examine(head, is_complete=length == job.file_size, max_bytes=max_bytes)


def examined_bytes(size: int) -> int:
    """So many bytes of a file of `size` are looked at to tell how it is read: all of it, or its beginning.

    To be read whole, a large file is fetched by a worker.
    """
    return size if size <= _EXAMINED_BYTES else _BEGINNING_BYTES


def confirm(
    sessions: Sessions, enqueue: Enqueue, *, user_id: int, job_id: int, options: ParseOptions
) -> None:
    """Have a stored file read as the operator says: one that waits for that, or one that failed.

    Raises NotFound, NotAllowed, Conflict.
    """
    with sessions.begin() as session:
        job = permitted(session, user_id, job_id, Permission.MANAGE, lock=True)
        waits = job.status == JobStatus.UPLOADING and job.arrived_at is not None
        if not waits and job.status != JobStatus.FAILED:
            raise Conflict("This upload is past this step. Look again where it stands.")
        _hand_in(job, options)
    logger.info("reading_settled", job_id=job_id, user_id=user_id)
    hand_over(sessions, job_id, lambda: enqueue(job_id, job.file_key))


def _hand_in(job: Job, options: ParseOptions) -> None:
    job.parse_options = options.as_json()
    begin_again(job)
