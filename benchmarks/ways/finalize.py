"""Finalizing a reviewed job, as the actor does it."""

from collections.abc import Callable

from sqlalchemy import text

from benchmarks.ways import Task
from db.engine import make_engine, make_sessions
from ingestion import finalization


def prepared(task: Task) -> Callable[[], None]:
    """One call, one transaction."""
    sessions = make_sessions(make_engine(task.settings.database_url))
    with sessions() as session:
        session.execute(text("SELECT 1"))
    return lambda: finalization.finalize(sessions, task.job_id)
