"""What the installation does: the queue, workers, and jobs that wait, repeat, fail or are stuck."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.queries import jobs, operations
from ingestion.access import require_without_upload
from ingestion.queue import Depths, JobQueue
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission
from ingestion.rules.stuck import Ages, Limits, Stuck, why_stuck
from ingestion.settings import Settings

ALIVE_SECONDS = 15.0
"""Workers give a sign of life every 5 seconds."""
_LOST_SHOWN_FOR = dt.timedelta(hours=1)
_FAILED_WITHIN = dt.timedelta(hours=24)
_MOST_IN_FLIGHT = 500
MOST_SHOWN = 50


@dataclass(frozen=True)
class WorkerState:
    """A worker process as it was last seen. Ages are in seconds."""

    name: str
    is_alive: bool
    unseen: float
    running: float
    task: str | None
    """None: it is idle, or says nothing any more."""
    job_id: int | None
    filename: str | None
    busy: float | None


@dataclass(frozen=True)
class Waiting:
    """Jobs that are due for a worker."""

    count: int
    oldest: float | None
    """For how many seconds; None where none waits."""


@dataclass(frozen=True)
class JobState:
    """An upload as somebody who looks after the installation sees it. Ages are in seconds."""

    id: int
    filename: str
    owner: str
    status: JobStatus
    attempt: int
    error: str | None
    last_sign_at: dt.datetime
    waiting: float
    worked: float | None
    silent: float
    due_in: float | None
    """Until its next attempt, where it waits for one."""


@dataclass(frozen=True)
class StuckJob:
    """A job that takes longer than expected."""

    job: JobState
    why: Stuck

    @property
    def seconds(self) -> float:
        """For how long."""
        match self.why:
            case Stuck.NOT_BEGUN:
                return self.job.waiting
            case Stuck.SLOW:
                return self.job.worked or 0.0
            case _:
                return self.job.silent


@dataclass(frozen=True)
class Overview:
    """Everything at one moment. Lists of jobs are bounded."""

    workers: list[WorkerState]
    waiting: Waiting
    stuck: list[StuckJob]
    retried: list[JobState]
    failures: list[JobState]
    """Of the last 24 hours, the newest first."""


@dataclass(frozen=True)
class Counts:
    """The overview in numbers."""

    jobs: dict[JobStatus, int]
    """By status; each status is there."""
    waiting: Waiting
    stuck: int
    """At most `MOST_SHOWN`."""
    busy_workers: int
    idle_workers: int


def overview(sessions: Sessions, user_id: int, settings: Settings) -> Overview:
    """What happens now. Raises NotAllowed but for administrators."""
    with sessions() as session:
        require_without_upload(session, user_id, Permission.ADMINISTER)
        return Overview(
            workers=_workers(session),
            waiting=Waiting(*operations.waiting(session)),
            stuck=_stuck(session, _limits(settings)),
            retried=[_job(row) for row in operations.retried(session, MOST_SHOWN)],
            failures=[
                _job(row) for row in operations.failures(session, within=_FAILED_WITHIN, limit=MOST_SHOWN)
            ],
        )


def depths(sessions: Sessions, queue: JobQueue, user_id: int) -> Depths:
    """How much waits in the queue. Raises NotAllowed but for administrators, and QueueUnavailable."""
    with sessions() as session:
        require_without_upload(session, user_id, Permission.ADMINISTER)
    return queue.depths()


def counts(sessions: Sessions, settings: Settings) -> Counts:
    """How much of what there is now: for the product's own metrics, which nobody's account asks for."""
    with sessions() as session:
        by_status = operations.by_status(session)
        alive = [worker for worker in _workers(session) if worker.is_alive]
        busy = sum(worker.task is not None for worker in alive)
        return Counts(
            jobs={status: by_status.get(status, 0) for status in JobStatus},
            waiting=Waiting(*operations.waiting(session)),
            stuck=len(_stuck(session, _limits(settings))),
            busy_workers=busy,
            idle_workers=len(alive) - busy,
        )


def _limits(settings: Settings) -> Limits:
    return Limits(settings.requeue_after_seconds, settings.job_time_limit_minutes * 60)


def _stuck(session: Session, limits: Limits) -> list[StuckJob]:
    found = operations.in_flight(session, _MOST_IN_FLIGHT)
    taken = jobs.worked_on(session, [row.id for row in found])
    stuck = []
    for row in found:
        why = why_stuck(
            JobStatus(row.status),
            Ages(row.waiting, row.worked, row.silent),
            limits,
            is_worked_on=row.id in taken,
            awaits_person=row.is_arrived,
        )
        if why is not None:
            stuck.append(StuckJob(_job(row), why))
    return sorted(stuck, key=lambda job: -job.seconds)[:MOST_SHOWN]


def _workers(session: Session) -> list[WorkerState]:
    found = operations.workers(session, lost_for=_LOST_SHOWN_FOR)
    return [
        WorkerState(
            name=f"{row.host} · {row.pid}",
            is_alive=row.unseen <= ALIVE_SECONDS,
            unseen=row.unseen,
            running=row.running,
            task=row.task,
            job_id=row.job_id,
            filename=row.filename,
            busy=row.busy,
        )
        for row in found
    ]


def _job(row: Any) -> JobState:
    return JobState(
        id=row.id,
        filename=row.filename,
        owner=row.owner,
        status=JobStatus(row.status),
        attempt=row.attempt,
        error=row.error_message,
        last_sign_at=row.last_sign_at,
        waiting=row.waiting,
        worked=row.worked,
        silent=row.silent,
        due_in=row.due_in,
    )
