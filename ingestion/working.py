"""One worker a job: taking it up, giving it back, and what comes of a failure.

Whoever works on a job holds a lock on it until the transaction ends in which the work is done; a worker that
dies loses the lock with its connection. The job's row says who works and since when, and counts the attempts.
"""

import datetime as dt
import errno
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Job
from db.outages import is_out_of_resources, is_unavailable
from db.queries import jobs
from ingestion.errors import GivenUp, RetryLater, Unavailable, UnreadableFile
from ingestion.rules.lifecycle import PROCESS, Step
from ingestion.rules.retrying import pause_after

logger = logging.getLogger(__name__)

_TOO_LONG = "It took longer than a job may. Split the file, or have JOB_TIME_LIMIT_MINUTES raised."

Work = Callable[[Session, Job], Mapping[str, Any]]
"""Does a step within the session's transaction; gives what changes in the job's row, its status among it."""


@dataclass(frozen=True)
class Attempts:
    """Who works, how often a job is tried, and how long it waits in between."""

    worker_id: str = "in this process"
    limit: int = 5
    first_pause: float = 10.0
    """In seconds; later ones are longer."""
    out_of_time: type[BaseException] | None = None
    """What interrupts an attempt that takes too long; its text, if it has one, says what to do. Any other
    interruption hands the job back."""


NO_HURRY = Attempts()


class _NotOurs(Exception):
    """The job was deleted, or taken from a worker that lost its connection: what it did is not wanted."""


def attempt(sessions: Sessions, job_id: int, step: Step, attempts: Attempts, work: Work) -> bool:
    """Go a step with a job: whether that was done now.

    May be called any number of times, by several workers at once: a job that another one works on, that is
    past this step or deleted is left alone. What interrupts the work leaves nothing behind. Raises RetryLater
    after a failure that may pass, GivenUp after the last; an interruption hands the job back and goes on.
    """
    taken: list[Job] = []
    try:
        with sessions.begin() as session:
            if not jobs.try_lock(session, job_id):
                logger.info("job %d: another worker has it", job_id)
                return False
            job = _take(sessions, job_id, step, attempts)
            if job is None:
                return False
            taken.append(job)
            _let_go(session, job, work(session, job))
    except _NotOurs:
        logger.info("job %d: deleted or taken away meanwhile", job_id)
        return False
    except BaseException as error:
        if not taken:
            raise
        _give_back(sessions, taken[0], step, attempts, error)
        return False
    return True


def reason_of(error: BaseException) -> str:
    """Why an attempt failed, in words for the person who waits."""
    if isinstance(error, Unavailable):
        return str(error)
    if is_unavailable(error):
        return "The database does not answer."
    if is_out_of_resources(error):
        return "The database has no room left, or no memory."
    if isinstance(error, MemoryError):
        return "The worker ran out of memory."
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "The worker's disk is full."
    return f"Something unexpected happened ({type(error).__name__}); the worker's log has the details."


def _take(sessions: Sessions, job_id: int, step: Step, attempts: Attempts) -> Job | None:
    """Mark the job as worked on, in a transaction of its own, and give it; None: nothing is to be done."""
    given_up = None
    with sessions.begin() as session:
        job = jobs.find(session, job_id, lock=True)
        if job is None or job.deleted_at is not None or job.status not in (step.waits, step.works):
            return None
        if job.attempt >= attempts.limit:
            given_up = (
                f"It stopped {job.attempt} times without an answer, most likely because a worker ran out of "
                "memory or was killed. Try again; if it stops again, split the file."
            )
            _fail(job, step, given_up)
        else:
            job.status = step.works
            job.attempt += 1
            job.worker_id = attempts.worker_id
            job.taken_at = dt.datetime.now(dt.UTC)
            job.next_attempt_at = None
            if step is PROCESS:
                job.started_at = job.heartbeat_at = job.taken_at
                job.processed_rows = job.processed_bytes = 0
    if given_up:
        raise GivenUp(given_up)
    return job


def _let_go(session: Session, taken: Job, outcome: Mapping[str, Any]) -> None:
    """Write what came of the work into the job's row, unless it is not wanted any more."""
    job = jobs.find(session, taken.id, lock=True)
    if job is None or job.deleted_at is not None or not _is_as_taken(job, taken):
        raise _NotOurs
    jobs.change(session, taken.id, worker_id=None, taken_at=None, error_message=None, **outcome)


def _give_back(sessions: Sessions, taken: Job, step: Step, attempts: Attempts, error: BaseException) -> None:
    """Say what comes of a failed attempt, in the job's row and by what is raised."""
    if isinstance(error, UnreadableFile):
        _end(sessions, taken, step, str(error))
    elif attempts.out_of_time and isinstance(error, attempts.out_of_time):
        reason = str(error) or _TOO_LONG
        _end(sessions, taken, step, reason)
        raise GivenUp(reason) from error
    elif not isinstance(error, Exception):
        _wait(sessions, taken, step, pause=0.0, reason=None)
        raise error
    elif taken.attempt >= attempts.limit:
        reason = f"It failed {taken.attempt} times, the last time for this reason: {reason_of(error)}"
        _end(sessions, taken, step, f"{reason} Try again later.")
        raise GivenUp(reason) from error
    else:
        pause = pause_after(taken.attempt, attempts.first_pause, random.random())  # noqa: S311
        _wait(sessions, taken, step, pause=pause, reason=reason_of(error))
        raise RetryLater(reason_of(error), pause) from error


def _end(sessions: Sessions, taken: Job, step: Step, reason: str) -> None:
    def end(job: Job) -> None:
        _fail(job, step, reason)

    logger.warning("job %d failed: %s", taken.id, reason)
    _change(sessions, taken, end)


def _wait(sessions: Sessions, taken: Job, step: Step, *, pause: float, reason: str | None) -> None:
    """Have the job wait for its next attempt; one that was handed back without a reason is not counted."""

    def wait(job: Job) -> None:
        job.status = step.waits
        job.worker_id = job.taken_at = None
        job.enqueued_at = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=pause)
        job.error_message = reason
        if reason is None:
            job.attempt -= 1
        else:
            job.next_attempt_at = job.enqueued_at

    _change(sessions, taken, wait)


def _change(sessions: Sessions, taken: Job, change: Callable[[Job], None]) -> None:
    for _ in range(2):  # at a shutdown this may be cancelled with what went before
        try:
            with sessions.begin() as session:
                job = jobs.find(session, taken.id, lock=True)
                if job is not None and _is_as_taken(job, taken):
                    change(job)
            return
        except SQLAlchemyError:
            # Where the database fails the job stays as it is, and is found because nobody holds its lock.
            logger.warning("job %d could not be given back", taken.id, exc_info=True)


def _fail(job: Job, step: Step, reason: str) -> None:
    job.status = step.fails
    job.error_message = reason.replace("\0", "\ufffd")
    job.worker_id = job.taken_at = job.next_attempt_at = None


def _is_as_taken(job: Job, taken: Job) -> bool:
    """Whether nobody took the job over meanwhile, or finished it."""
    return (job.status, job.worker_id, job.attempt) == (taken.status, taken.worker_id, taken.attempt)
