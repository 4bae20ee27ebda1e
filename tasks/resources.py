"""What every task of a worker process uses, made when first asked for."""

import functools
import uuid

from dramatiq.middleware import TimeLimitExceeded
from sqlalchemy import Engine

from db.engine import Sessions, make_engine, make_sessions
from ingestion.queue import JobQueue, make_queue
from ingestion.rules import emails
from ingestion.storage import Bucket, make_bucket
from ingestion.working import Attempts
from tasks.broker import settings


@functools.cache
def engine() -> Engine:
    """Connections to the database that the settings name."""
    return make_engine(settings.database_url)


@functools.cache
def sessions() -> Sessions:
    """Sessions on that database."""
    return make_sessions(engine())


@functools.cache
def bucket() -> Bucket:
    """The bucket that the settings name."""
    return make_bucket(settings)


@functools.cache
def queue() -> JobQueue:
    """The queue that the settings name, to look at."""
    return make_queue(settings)


@functools.cache
def worker_id() -> str:
    """This process, by a name that no other has or had."""
    return uuid.uuid4().hex


@functools.cache
def attempts() -> Attempts:
    """How this process works on jobs."""
    return Attempts(
        worker_id=worker_id(),
        limit=settings.job_max_attempts,
        first_pause=settings.retry_pause_seconds,
        out_of_time=TimeLimitExceeded,
    )


def warm_up() -> None:
    """Connect to the database, make the client for the bucket, load the tables of international domains."""
    with sessions()() as session:
        session.connection()
    bucket()
    emails.normalize("somebody@bücher.example")
