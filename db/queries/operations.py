"""What the installation does at this moment, and did lately. Ages are in seconds, by the database's clock."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Float, Row, Select, Text, case, cast, func, literal_column, select, text
from sqlalchemy.orm import Session

from db.models import Job, User, Worker
from db.queries.jobs import IS_THERE, WAITS
from db.queries.people import name_of_decider

Columns = tuple[Any, ...]
"""Of a row: what the query names."""

_IN_FLIGHT = Job.status.in_(["UPLOADING", "PENDING", "PROCESSING", "FINALIZING"])

# A job that waits long is sent again now and then, which moves `enqueued_at`: one that was never begun, and
# that nobody was asked about, waits since it was made.
_NEVER_BEGUN = Job.started_at.is_(None) & Job.taken_at.is_(None) & Job.arrived_at.is_(None)
_WAITS_SINCE = func.coalesce(
    Job.next_attempt_at,
    case((_NEVER_BEGUN, Job.created_at)),
    func.greatest(Job.enqueued_at, Job.processed_at),
    Job.created_at,
)
_TAKEN_AT = func.coalesce(Job.taken_at, case((Job.status == "PROCESSING", Job.started_at)))
# Of the job or its worker: sending it again is none. NULLs do not count.
_LAST_SIGN_SQL = "greatest(jobs.created_at, jobs.started_at, jobs.heartbeat_at, jobs.taken_at)"
_LAST_SIGN: ColumnElement[dt.datetime] = literal_column(_LAST_SIGN_SQL, Job.created_at.type)

ORIGIN = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""Intervals are counted from here on."""


def workers(session: Session, *, lost_for: dt.timedelta, limit: int = 200) -> Sequence[Row[*Columns]]:
    """Workers by host, those unseen for longer than `lost_for` left out; with the file that each works on."""
    unseen = _age(Worker.seen_at)
    query = (
        select(
            Worker.id,
            Worker.host,
            Worker.pid,
            Worker.task,
            Worker.job_id,
            Job.original_filename.label("filename"),
            unseen.label("unseen"),
            _age(Worker.started_at).label("running"),
            _age(Worker.busy_since).label("busy"),
        )
        .outerjoin(Job, Job.id == Worker.job_id)
        .where(Worker.seen_at > func.now() - lost_for)
    )
    return session.execute(query.order_by(Worker.host, Worker.pid).limit(limit)).all()


def waiting(session: Session) -> tuple[int, float | None]:
    """How many jobs are due for a worker, and how long the first of them has been."""
    query = select(func.count(), func.max(_age(_WAITS_SINCE))).select_from(Job)
    count, oldest = session.execute(query.where(IS_THERE, WAITS, func.now() >= _WAITS_SINCE)).one()
    return count, oldest


def by_status(session: Session) -> dict[str, int]:
    """How many jobs have each status that any has."""
    query = select(Job.status, func.count()).where(IS_THERE).group_by(Job.status)
    return {status: count for status, count in session.execute(query)}  # noqa: C416  (rows, to mypy)


def in_flight(session: Session, limit: int) -> Sequence[Row[*Columns]]:
    """Jobs that change by themselves, those first that are as they are for the longest time."""
    query = _jobs().where(IS_THERE, _IN_FLIGHT)
    return session.execute(query.order_by(Job.enqueued_at.nulls_first()).limit(limit)).all()


def retried(session: Session, limit: int) -> Sequence[Row[*Columns]]:
    """Jobs in flight that are tried for a second time or more, or wait for that; the next due first."""
    again = (Job.attempt > 1) | (Job.next_attempt_at > func.now())
    query = _jobs().where(IS_THERE, _IN_FLIGHT, again)
    return session.execute(query.order_by(Job.next_attempt_at.nulls_first(), Job.id).limit(limit)).all()


def failures(session: Session, *, within: dt.timedelta, limit: int) -> Sequence[Row[*Columns]]:
    """Jobs that failed lately, the newest first; their last sign of life stands for the moment."""
    query = _jobs().where(IS_THERE, Job.status == "FAILED", func.now() - within < _LAST_SIGN)
    return session.execute(query.order_by(_LAST_SIGN.desc(), Job.id.desc()).limit(limit)).all()


def by_id(session: Session, job_ids: Collection[int]) -> Sequence[Row[*Columns]]:
    """Some jobs, deleted ones among them."""
    return session.execute(_jobs().where(Job.id.in_(job_ids))).all()


def throughput(session: Session, *, within: dt.timedelta, step: dt.timedelta) -> Sequence[Row[*Columns]]:
    """Files and rows processed, files completed, files failed, by interval; empty intervals are left out."""
    query = text(f"""
        SELECT date_bin(:step, at, :origin) AS begins,
               count(*) FILTER (WHERE what = 'processed') AS files,
               sum(rows)::bigint AS rows,
               count(*) FILTER (WHERE what = 'completed') AS completed,
               count(*) FILTER (WHERE what = 'failed') AS failed
          FROM (SELECT processed_at AS at, 'processed' AS what, total_rows AS rows
                  FROM jobs WHERE processed_at > now() - :within
                UNION ALL
                SELECT completed_at, 'completed', 0
                  FROM jobs WHERE completed_at > now() - :within
                UNION ALL
                SELECT {_LAST_SIGN_SQL}, 'failed', 0
                  FROM jobs WHERE status = 'FAILED' AND {_LAST_SIGN_SQL} > now() - :within) AS events
         GROUP BY begins
         ORDER BY begins
        """)
    return session.execute(query, {"within": within, "step": step, "origin": ORIGIN}).all()


def _jobs() -> Select[*Columns]:
    return select(
        Job.id,
        Job.status,
        Job.original_filename.label("filename"),
        name_of_decider().label("owner"),
        Job.attempt,
        Job.error_message,
        Job.conflict_count,
        Job.deleted_at.is_not(None).label("is_deleted"),
        Job.arrived_at.is_not(None).label("is_arrived"),
        (cast(Job.parse_options, Text) != "{}").label("is_read_as_settled"),
        _LAST_SIGN.label("last_sign_at"),
        _age(_WAITS_SINCE).label("waiting"),
        _age(_TAKEN_AT).label("worked"),
        _age(_LAST_SIGN).label("silent"),
        (-_age(Job.next_attempt_at)).label("due_in"),
    ).join(User, User.id == Job.user_id)


def _age(at: Any) -> ColumnElement[float]:
    return cast(func.extract("epoch", func.clock_timestamp() - at), Float)
