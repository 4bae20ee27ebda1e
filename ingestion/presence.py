"""Which worker processes there are, and what each is doing: for people, and never to decide by."""

import datetime as dt
from dataclasses import dataclass

from db.engine import Sessions
from db.queries import workers

_FORGOTTEN_AFTER = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Doing:
    """A task, since when, and the job that it is about if there is one."""

    task: str
    since: dt.datetime
    job_id: int | None


def seen(sessions: Sessions, worker_id: str, host: str, pid: int, doing: Doing | None) -> None:
    """Note that a worker is alive, and what it does."""
    with sessions.begin() as session:
        workers.seen(
            session,
            worker_id,
            host=host,
            pid=pid,
            task=doing.task if doing else None,
            job_id=doing.job_id if doing else None,
            busy_since=doing.since if doing else None,
        )


def gone(sessions: Sessions, worker_id: str) -> None:
    """Forget a worker that stopped in order."""
    with sessions.begin() as session:
        workers.remove(session, worker_id)


def forget_dead(sessions: Sessions) -> None:
    """Forget the workers that nobody has seen for an hour."""
    with sessions.begin() as session:
        workers.remove_silent(session, _FORGOTTEN_AFTER)
