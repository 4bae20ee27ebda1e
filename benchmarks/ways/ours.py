"""What a worker does with a message: from the job PENDING to NEEDS_REVIEW, committed."""

from collections.abc import Callable

from benchmarks.ways import Task
from db.engine import make_engine, make_sessions
from ingestion import processing
from ingestion.csv_file.text import MAX_UNPACKED_BYTES
from ingestion.rules import emails
from ingestion.storage import make_bucket


def prepared(task: Task) -> Callable[[], None]:
    """Processing, with the connections, the client and the tables that a worker already has."""
    sessions = make_sessions(make_engine(task.settings.database_url))
    with sessions() as one, sessions() as two:  # it uses two at a time
        one.connection()
        two.connection()
    bucket = make_bucket(task.settings)
    emails.normalize("somebody@bücher.example")  # the tables of international domains

    def run() -> None:
        processing.take_in(sessions, bucket, task.job_id, max_bytes=MAX_UNPACKED_BYTES)

    return run
