"""What every task of a worker process uses, made when first asked for."""

import functools

from db.engine import Sessions, make_engine, make_sessions
from ingestion.rules import emails
from ingestion.storage import Bucket, make_bucket
from tasks.broker import settings


@functools.cache
def sessions() -> Sessions:
    """Sessions on the database that the settings name."""
    return make_sessions(make_engine(settings.database_url))


@functools.cache
def bucket() -> Bucket:
    """The bucket that the settings name."""
    return make_bucket(settings)


def warm_up() -> None:
    """Connect to the database, make the client for the bucket, load the tables of international domains."""
    with sessions()() as session:
        session.connection()
    bucket()
    emails.normalize("somebody@bücher.example")
