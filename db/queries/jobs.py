"""The jobs table."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, or_, select, text, update
from sqlalchemy.orm import Session

from db.models import Job, Share

_JOB_LOCK = 7_203_485_002
_SWEEP_LOCK = 7_203_485_003

IS_THERE = Job.deleted_at.is_(None)
"""Of a job that nobody deleted."""
WAITS = (Job.status == "PENDING") | ((Job.status == "FINALIZING") & Job.worker_id.is_(None))
"""For a worker."""
_HAS_NOT_ARRIVED = IS_THERE & (Job.status == "UPLOADING") & Job.arrived_at.is_(None)
_IS_BEING_SENT = _HAS_NOT_ARRIVED & Job.upload_id.is_not(None)


def next_id(session: Session) -> int:
    """An id for a job that is about to be added: its object's key is made of it."""
    return int(session.scalar(text("SELECT nextval(pg_get_serial_sequence('jobs', 'id'))")))


def add(session: Session, **values: Any) -> None:
    """Insert a job."""
    session.execute(insert(Job).values(**values))


def find(session: Session, job_id: int, *, lock: bool = False) -> Job | None:
    """A job by its id, deleted or not; locked until the transaction ends if asked."""
    return session.get(Job, job_id, with_for_update=lock, populate_existing=True)


def some(session: Session, job_ids: Collection[int]) -> Sequence[Job]:
    """Those of some jobs that are there."""
    return session.scalars(select(Job).where(Job.id.in_(job_ids), IS_THERE)).all()


def change(session: Session, job_id: int, **values: Any) -> None:
    """Set columns of a job."""
    session.execute(update(Job).where(Job.id == job_id).values(**values))


def of_user(session: Session, user_id: int, *, before: int | None = None, limit: int) -> Sequence[Job]:
    """A user's jobs, newest first, those with a smaller id than `before`."""
    return _newest(session, select(Job).where(Job.user_id == user_id), before, limit)


def shared_with(session: Session, user_id: int, *, before: int | None = None, limit: int) -> Sequence[Job]:
    """Others' jobs that are shared with a user, the same way."""
    shared = select(Job).join(Share, Share.job_id == Job.id).where(Share.user_id == user_id)
    return _newest(session, shared.where(Job.user_id != user_id), before, limit)


def of_all(session: Session, *, before: int | None = None, limit: int) -> Sequence[Job]:
    """Everybody's jobs, the same way."""
    return _newest(session, select(Job), before, limit)


def is_any_of_others(session: Session, user_id: int) -> bool:
    """Whether anybody but this user has a job."""
    query = select(Job.id).where(Job.user_id != user_id, IS_THERE).limit(1)
    return session.scalar(query) is not None


def _newest(session: Session, query: Select[Job], before: int | None, limit: int) -> Sequence[Job]:
    query = query.where(IS_THERE).order_by(Job.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Job.id < before)
    return session.scalars(query).all()


def processed_ids(session: Session) -> Sequence[int]:
    """The jobs whose file was processed, oldest first."""
    done = Job.status.in_(["NEEDS_REVIEW", "FINALIZING", "COMPLETED"])
    return session.scalars(select(Job.id).where(done, IS_THERE).order_by(Job.id)).all()


def with_content(session: Session, user_id: int, sha256: str) -> Job | None:
    """The user's newest job whose file has this SHA-256 and has not failed."""
    query = select(Job).where(Job.user_id == user_id, Job.file_sha256 == sha256)
    query = query.where(Job.status != "FAILED", IS_THERE)
    return session.scalars(query.order_by(Job.id.desc()).limit(1)).first()


def is_sent_again(session: Session, job: Job) -> bool:
    """Whether the user uploaded the same content once more, and that did not fail."""
    newer = with_content(session, job.user_id, job.file_sha256)
    return newer is not None and newer.id > job.id


def try_lock(session: Session, job_id: int) -> bool:
    """Take the job for this transaction. False: another transaction is working on it."""
    query = select(func.pg_try_advisory_xact_lock(func.hashtextextended(str(job_id), _JOB_LOCK)))
    return bool(session.scalar(query))


def is_worked_on(session: Session, job_id: int) -> bool:
    """Whether a transaction has taken the job."""
    return bool(worked_on(session, [job_id]))


def worked_on(session: Session, job_ids: Collection[int]) -> set[int]:
    """Those of some jobs that a transaction has taken.

    An advisory lock's key is listed in two halves of 32 bits.
    """
    found = session.scalars(
        text("""
        SELECT job FROM unnest(CAST(:jobs AS bigint[])) AS job
         WHERE hashtextextended(job::text, :seed) IN (
               SELECT classid::bigint << 32 | objid::bigint
                 FROM pg_locks
                WHERE locktype = 'advisory' AND objsubid = 1 AND granted
                  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
        """),
        {"jobs": list(job_ids), "seed": _JOB_LOCK},
    )
    return set(found)


def seconds_waited(session: Session, job_id: int) -> float:
    """Since the job was sent to the workers, or was processed if that was later."""
    since = func.clock_timestamp() - func.greatest(Job.enqueued_at, Job.processed_at, Job.created_at)
    return float(session.execute(select(func.extract("epoch", since)).where(Job.id == job_id)).scalar_one())


def report_progress(session: Session, taken: Job, rows: int, size: int) -> None:
    """Note how much of a file was read, also as a sign of life, unless the job was taken over since."""
    session.execute(
        update(Job)
        .where(Job.id == taken.id, Job.worker_id == taken.worker_id, Job.attempt == taken.attempt)
        .values(processed_rows=rows, processed_bytes=size, heartbeat_at=func.clock_timestamp())
    )


def try_lock_sweep(session: Session) -> bool:
    """Be the one that looks for lost jobs, for this transaction. False: somebody is at it."""
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(_SWEEP_LOCK))))


def being_worked_on(session: Session) -> Sequence[int]:
    """The jobs that a worker took up and has not let go of, by their rows."""
    taken = (Job.status == "PROCESSING") | ((Job.status == "FINALIZING") & Job.worker_id.is_not(None))
    return session.scalars(select(Job.id).where(taken & IS_THERE).order_by(Job.id)).all()


def claim_waiting(session: Session, *, sent_before: dt.datetime, limit: int = 100) -> Sequence[Job]:
    """Jobs that wait for a worker and whose message was never sent, or before then; marked as sent now."""
    query = select(Job).where(_waits_unsent(sent_before)).order_by(Job.id).limit(limit)
    found = session.scalars(query.with_for_update(skip_locked=True)).all()
    for job in found:
        job.enqueued_at = func.now()
    return found


def is_any_waiting(session: Session, *, sent_before: dt.datetime) -> bool:
    """Whether `claim_waiting` would find a job."""
    return session.scalar(select(Job.id).where(_waits_unsent(sent_before)).limit(1)) is not None


def _waits_unsent(sent_before: dt.datetime) -> ColumnElement[bool]:
    unsent: ColumnElement[bool] = or_(Job.enqueued_at.is_(None), Job.enqueued_at < sent_before)
    return WAITS & unsent & IS_THERE


def interrupted_uploads(session: Session, *, begun_before: dt.datetime) -> Sequence[Job]:
    """The jobs whose object is on its way through the dashboard since before then."""
    stuck = _HAS_NOT_ARRIVED & Job.upload_id.is_(None)
    query = select(Job).where(stuck, Job.created_at < begun_before)
    return session.scalars(query.order_by(Job.id)).all()


def unfinished_uploads(session: Session, user_id: int) -> Sequence[Job]:
    """A user's jobs whose object the browser sends straight to the store and that is not there yet."""
    query = select(Job).where(Job.user_id == user_id, _IS_BEING_SENT)
    return session.scalars(query.order_by(Job.id)).all()


def unfinished_upload(session: Session, user_id: int, sha256: str, modified_ms: int) -> Job | None:
    """The newest of these with this fingerprint, of a file that was modified then."""
    query = select(Job).where(Job.user_id == user_id, _IS_BEING_SENT)
    same = query.where(Job.file_sha256 == sha256, Job.file_modified_ms == modified_ms)
    return session.scalars(same.order_by(Job.id.desc()).limit(1)).first()


def fail_silent_uploads(session: Session, *, silent_since: dt.datetime, message: str) -> None:
    """Fail the jobs whose object the browser stopped sending."""
    silent = func.coalesce(Job.heartbeat_at, Job.created_at) < silent_since
    session.execute(update(Job).where(_IS_BEING_SENT & silent).values(status="FAILED", error_message=message))


def with_parts_left(session: Session, *, limit: int = 100) -> Sequence[Job]:
    """Failed jobs of which parts may be in the store."""
    query = select(Job).where(Job.status == "FAILED", Job.upload_id.is_not(None), IS_THERE)
    return session.scalars(query.order_by(Job.id).limit(limit)).all()


def idle_since(
    session: Session, *, created_before: dt.datetime, silent_since: dt.datetime, limit: int
) -> Sequence[Job]:
    """Jobs created before a time that nobody works on or sends, locked; some, each for one caller only."""
    silent = func.coalesce(Job.heartbeat_at, Job.created_at) < silent_since
    idle = Job.status.not_in(["UPLOADING", "PROCESSING", "FINALIZING"]) | (
        (Job.status == "UPLOADING") & silent
    )
    query = select(Job).where(IS_THERE, idle, Job.created_at < created_before).order_by(Job.id)
    return session.scalars(query.limit(limit).with_for_update(skip_locked=True)).all()


def deleted_ids(session: Session, *, limit: int) -> Sequence[int]:
    """Some of the jobs that are deleted and not purged."""
    # In any order: those that cannot be purged must not keep the others waiting.
    query = select(Job.id).where(Job.deleted_at.is_not(None)).order_by(func.random())
    return session.scalars(query.limit(limit)).all()


def remove(session: Session, job_id: int) -> None:
    """Delete a job that has nothing but its row."""
    session.execute(delete(Job).where(Job.id == job_id))
