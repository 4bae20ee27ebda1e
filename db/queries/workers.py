"""The workers table. Times are the database's own, so that all processes share one clock."""

import datetime as dt

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import Worker


def seen(
    session: Session,
    worker_id: str,
    *,
    host: str,
    pid: int,
    task: str | None,
    job_id: int | None,
    busy_since: dt.datetime | None,
) -> None:
    """Write a worker's sign of life, and what it does."""
    doing = {"task": task, "job_id": job_id, "busy_since": busy_since, "seen_at": func.now()}
    statement = insert(Worker).values(id=worker_id, host=host, pid=pid, **doing)
    session.execute(statement.on_conflict_do_update(index_elements=[Worker.id], set_=doing))


def remove(session: Session, worker_id: str) -> None:
    """Delete a worker."""
    session.execute(delete(Worker).where(Worker.id == worker_id))


def remove_silent(session: Session, longer_than: dt.timedelta) -> None:
    """Delete the workers without a sign of life for so long."""
    session.execute(delete(Worker).where(Worker.seen_at < func.now() - longer_than))
