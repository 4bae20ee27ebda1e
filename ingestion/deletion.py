"""Deletion of uploads, on request and by age: a tombstone first, then all that an upload has.

From the tombstone on nobody sees the upload or acts on it. What it has goes in steps of which each may be
repeated, so the purge may stop anywhere and is gone on with by any worker.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Table

from db.engine import Sessions
from db.models import Job
from db.queries import audit, finalizations, jobs, purging, resolutions
from ingestion import tombstones
from ingestion.access import permitted
from ingestion.audit import AuditAction
from ingestion.errors import StorageUnavailable
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission
from ingestion.storage import Bucket
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

_ROWS_AT_ONCE = 20_000
"""Some tenths of a second to delete, a second or two of decisions."""
_JOBS_AT_ONCE = 100
_SILENT_AFTER = dt.timedelta(hours=24)
"""As long as an upload in parts may be gone on with."""
_STORED_WITHIN = dt.timedelta(minutes=15)
"""After the last sign of life of an upload nothing is on its way to the store any more."""
_REFUSALS = 3
"""After so many in one run the store is taken to be down, rather than to refuse one object."""
_VERSIONS = "versions of the file"


@dataclass(frozen=True)
class Extent:
    """What is gone when an upload is deleted, besides its file."""

    rows: int
    decisions: int
    contacts: int
    versions: int
    """Of the contacts."""


def extent(sessions: Sessions, user_id: int, job_id: int) -> Extent:
    """What the upload has, for those who may delete it. Raises NotFound, NotAllowed."""
    with sessions() as session:
        job = permitted(session, user_id, job_id, Permission.DELETE)
        made = finalizations.of_job(session, job_id)
        decisions = resolutions.count_decisions(session, job_id)
    return Extent(job.total_rows, decisions, made[-1].contact_count if made else 0, len(made))


def request(sessions: Sessions, user_id: int, job_id: int) -> None:
    """Delete an upload, whatever its status: it is hidden from now on, and purged soon.

    Raises NotFound, NotAllowed.
    """
    with sessions.begin() as session:
        job = permitted(session, user_id, job_id, Permission.DELETE, lock=True)
        tombstones.bury(session, job, user_id=user_id, reason="asked for")
    logger.info("upload_deleted", job_id=job_id, user_id=user_id, reason="asked for")


def expire(sessions: Sessions, days: int) -> int:
    """Delete the uploads that came more than so many days ago; returns how many.

    Those that somebody works on, or sends, are left for another time. May run anywhere at any time.
    """
    now = dt.datetime.now(dt.UTC)
    deleted = 0
    while True:
        with sessions.begin() as session:
            found = jobs.idle_since(
                session,
                created_before=now - dt.timedelta(days=days),
                silent_since=now - _SILENT_AFTER,
                limit=_JOBS_AT_ONCE,
            )
            for job in found:
                tombstones.bury(session, job, user_id=None, reason=f"older than {days} days")
        for job in found:
            logger.info("upload_deleted", job_id=job.id, reason="retention", days=days)
        deleted += len(found)
        if len(found) < _JOBS_AT_ONCE:
            return deleted


def purge(sessions: Sessions, bucket: Bucket) -> int:
    """Remove deleted uploads with all they have; returns how many are gone.

    May run anywhere at any time. What cannot be removed now waits for the next time.
    """
    with sessions() as session:
        deleted = jobs.deleted_ids(session, limit=_JOBS_AT_ONCE)
    gone = refusals = 0
    for job_id in deleted:
        try:
            gone += purge_one(sessions, bucket, job_id)
        except StorageUnavailable:
            logger.warning("purge_waits_for_store", job_id=job_id, exc_info=True)
            refusals += 1
            if refusals == _REFUSALS:
                break
    return gone


def purge_one(sessions: Sessions, bucket: Bucket, job_id: int) -> bool:
    """Remove a deleted upload with all it has; whether it is gone now. Raises StorageUnavailable.

    One that is not deleted, or that somebody works on, is left alone. So is the job itself, with nothing
    left to it, as long as a file may be on its way to the store.
    """
    with sessions.begin() as work:  # it holds the lock, and does nothing else before the end
        if not jobs.try_lock(work, job_id):
            return False
        job = jobs.find(work, job_id)
        if job is None or job.deleted_at is None:
            return False
        is_over = not _may_be_stored_yet(job)
        gone = Counter(job.purged_json)
        _remove_object(sessions, bucket, job, gone)
        for table in purging.TABLES:
            _remove_rows(sessions, table, job_id, gone)
        if not is_over:
            return False
        jobs.remove(work, job_id)
        detail = {"file": job.original_filename, "removed": +gone}
        audit.add(work, AuditAction.PURGE_UPLOAD, user_id=None, job_id=job_id, detail=detail)
    logger.info("upload_purged", job_id=job_id, removed=dict(+gone))
    return True


def _may_be_stored_yet(job: Job) -> bool:
    """Whether somebody may be storing the file who does not know that it was deleted."""
    last_sign = max(job.created_at, job.heartbeat_at or job.created_at)
    is_recent = last_sign > dt.datetime.now(dt.UTC) - _STORED_WITHIN
    return job.status == JobStatus.UPLOADING and job.arrived_at is None and is_recent


def _remove_object(sessions: Sessions, bucket: Bucket, job: Job, gone: Counter[str]) -> None:
    # Parts first: what is made of them just now is an object then.
    bucket.abort_all_parts(job.file_key)
    gone[_VERSIONS] += bucket.delete(job.file_key)
    with sessions.begin() as session:
        jobs.change(session, job.id, purged_json=+gone)


def _remove_rows(sessions: Sessions, table: Table, job_id: int, gone: Counter[str]) -> None:
    deleted = _ROWS_AT_ONCE
    while deleted == _ROWS_AT_ONCE:
        with sessions.begin() as session:
            deleted = purging.delete_some(session, table, job_id, limit=_ROWS_AT_ONCE)
            gone[table.name] += deleted
            # Counted with what it counts, so that the log is right however often this is begun.
            jobs.change(session, job_id, purged_json=+gone)
