"""What a worker does with a message: from the job PENDING to NEEDS_REVIEW, committed."""

from collections.abc import Callable

from sqlalchemy import text

from benchmarks.ways import Task
from db.engine import make_engine, make_sessions
from ingestion import processing
from ingestion.storage import make_bucket


def prepared(task: Task) -> Callable[[], None]:
    """Processing, with the connections and the client that a worker already has."""
    sessions = make_sessions(make_engine(task.settings.database_url))
    with sessions() as session:
        session.execute(text("SELECT 1"))
    bucket = make_bucket(task.settings)

    def run() -> None:
        processing.process(sessions, bucket, task.job_id, max_attempts=5)

    return run
