"""Finding what was lost: jobs whose worker died, whose message is gone, whose upload broke off.

The database is the truth, and the queue a hint of it: whatever waits there without a message, or is worked on
by nobody, is sent to the workers again. A message too many does no harm.
"""

import datetime as dt
from collections.abc import Sequence

from db.engine import Sessions
from db.models import Job
from db.queries import jobs
from ingestion import tombstones
from ingestion.errors import NotFound, QueueUnavailable
from ingestion.rules.lifecycle import STEPS, JobStatus
from ingestion.senders import Senders
from ingestion.storage import Bucket
from ingestion.telemetry import metrics
from ingestion.telemetry.logs import get_logger
from ingestion.uploads import begin_again

logger = get_logger(__name__)

_UPLOAD_TAKES_AT_MOST = dt.timedelta(minutes=15)
_INTERRUPTED = "The upload was interrupted before the file had arrived. Upload the file again."


def sweep(sessions: Sessions, bucket: Bucket, senders: Senders, *, waiting_longer_than: dt.timedelta) -> int:
    """Send lost jobs to the workers again; returns how many.

    May run anywhere at any time: of several at once, one does it. A job whose worker died is sent at once,
    one whose message seems lost after `waiting_longer_than`, and at most once in that time. Raises
    StorageUnavailable where it takes the store to tell whether an upload arrived.
    """
    with sessions.begin() as guard:
        if not jobs.try_lock_sweep(guard):
            return 0
        sent = _send(sessions, senders, _of_dead_workers(sessions))
        sent += _send_waiting(sessions, senders, dt.datetime.now(dt.UTC) - waiting_longer_than)
        sent += _send(sessions, senders, _broken_off(sessions, bucket))
    if sent:
        logger.info("jobs_sent_again", jobs=sent)
    return sent


def is_anything_waiting(sessions: Sessions, *, longer_than: dt.timedelta) -> bool:
    """Whether a job waits for a worker so long that its message may be lost."""
    with sessions() as session:
        return jobs.is_any_waiting(session, sent_before=dt.datetime.now(dt.UTC) - longer_than)


def _of_dead_workers(sessions: Sessions) -> list[Job]:
    """The jobs that somebody took up whose lock nobody holds: they wait for a worker again."""
    with sessions() as session:
        suspects = jobs.being_worked_on(session)
    return [job for job in (_put_back(sessions, job_id) for job_id in suspects) if job is not None]


def _put_back(sessions: Sessions, job_id: int) -> Job | None:
    with sessions.begin() as session:
        if not jobs.try_lock(session, job_id):
            return None
        # Read under the lock: whoever held it has written by now what became of the job.
        job = jobs.find(session, job_id, lock=True)
        if job is None or job.deleted_at is not None:
            return None
        step = next((step for step in STEPS if job.status == step.works), None)
        if step is None or _waits(job):
            return None
        logger.warning("worker_gone", job_id=job_id, worker_id=job.worker_id, step=step.name)
        job.status = step.waits
        job.worker_id = job.taken_at = None
        job.enqueued_at = dt.datetime.now(dt.UTC)
        return job


def _send_waiting(sessions: Sessions, senders: Senders, sent_before: dt.datetime) -> int:
    sent = 0
    while True:
        with sessions.begin() as session:
            lost = jobs.claim_waiting(session, sent_before=sent_before)
        number = _send(sessions, senders, lost)
        sent += number
        if not lost or number < len(lost):
            return sent


def _waits(job: Job) -> bool:
    return job.status == JobStatus.FINALIZING and job.worker_id is None


def _broken_off(sessions: Sessions, bucket: Bucket) -> list[Job]:
    """The uploads whose dashboard ended before it had sent them, though their file is there; others fail."""
    begun_before = dt.datetime.now(dt.UTC) - _UPLOAD_TAKES_AT_MOST
    with sessions() as session:
        suspects = jobs.interrupted_uploads(session, begun_before=begun_before)
    return [job for job in suspects if _goes_on(sessions, job.id, has_arrived=_has_arrived(bucket, job))]


def _goes_on(sessions: Sessions, job_id: int, *, has_arrived: bool) -> bool:
    with sessions.begin() as session:
        job = jobs.find(session, job_id, lock=True)
        if job is None or job.status != JobStatus.UPLOADING or job.deleted_at is not None:
            return False
        if jobs.is_sent_again(session, job):
            # Whoever was told that it failed did it again: it must not come twice.
            tombstones.bury(session, job, user_id=None, reason="broke off, and was uploaded again")
            logger.info("upload_deleted", job_id=job_id, reason="uploaded again")
            return False
        if has_arrived:
            begin_again(job)
        else:
            job.status, job.error_message = JobStatus.FAILED, _INTERRUPTED
            logger.warning("upload_broke_off", job_id=job_id, user_id=job.user_id)
        return has_arrived


def _has_arrived(bucket: Bucket, job: Job) -> bool:
    try:
        return bucket.size(job.file_key) == job.file_size
    except NotFound:
        return False


def _send(sessions: Sessions, senders: Senders, found: Sequence[Job]) -> int:
    """Send these jobs; where the queue does not answer, the rest is marked as not sent. Returns how many."""
    for place, job in enumerate(found):
        try:
            senders.send(job)
        except QueueUnavailable:
            logger.warning("jobs_wait_for_queue", jobs=len(found) - place, exc_info=True)
            with sessions.begin() as session:
                for unsent in found[place:]:
                    jobs.change(session, unsent.id, enqueued_at=None)
            break
    else:
        place = len(found)
    metrics.RESENT.add(place)
    return place
