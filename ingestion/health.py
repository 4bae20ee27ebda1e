"""What the product needs to answer: naming what does not, and looking at it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from db.outages import is_unavailable
from ingestion.errors import DatabaseUnavailable, QueueUnavailable, StorageUnavailable, Unavailable
from ingestion.settings import Settings

Look = Callable[[], None]
"""Raises Unavailable where something does not answer, within seconds."""


class Part(StrEnum):
    """What the product cannot do without. The values are shown to people."""

    DATABASE = "database"
    STORE = "file store"
    QUEUE = "queue"


DATABASE_MESSAGE = (
    "The database did not answer. What you did last may not have been stored: look, and do it again if not."
)

_PARTS: dict[type[Unavailable], Part] = {
    DatabaseUnavailable: Part.DATABASE,
    StorageUnavailable: Part.STORE,
    QueueUnavailable: Part.QUEUE,
}


def part_of(error: BaseException) -> Part | None:
    """What did not answer, where this error says so; None for any other error."""
    if is_unavailable(error):
        return Part.DATABASE
    return next((part for kind, part in _PARTS.items() if isinstance(error, kind)), None)


def is_outage(error: BaseException) -> bool:
    """Whether something did not answer, so that trying again later helps."""
    return part_of(error) is not None


@contextmanager
def answering() -> Iterator[None]:
    """Raises DatabaseUnavailable in the place of what SQLAlchemy or psycopg2 raise where it is one."""
    try:
        yield
    except Exception as error:
        if not is_unavailable(error):
            raise
        raise DatabaseUnavailable(DATABASE_MESSAGE) from error


def looks(settings: Settings, connect: Callable[[], None]) -> Mapping[Part, Look]:
    """A look at each part; `connect` reaches the database or raises as psycopg2 does."""

    def database() -> None:
        with answering():
            connect()

    store: Any = _client("s3", settings)
    queue: Any = _client("sqs", settings)

    def stored() -> None:
        if not _answers(lambda: store.head_bucket(Bucket=settings.s3_bucket_name)):
            raise StorageUnavailable("The file store does not answer. Try again in a moment.")

    def queued() -> None:
        if not _answers(lambda: queue.get_queue_url(QueueName=settings.sqs_queue_name)):
            raise QueueUnavailable("The queue does not answer.")

    return {Part.DATABASE: database, Part.STORE: stored, Part.QUEUE: queued}


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except ClientError as error:
        # Whoever may write to a bucket need not have the right to look at it.
        return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 403
    except BotoCoreError:
        return False
    return True


def _client(service: Any, settings: Settings) -> Any:
    return boto3.client(
        service,
        endpoint_url=settings.aws_endpoint_url,
        **settings.aws_account,
        config=Config(
            connect_timeout=2,
            read_timeout=2,
            retries={"total_max_attempts": 1},
            s3={"addressing_style": "path" if settings.aws_endpoint_url else "auto"},
        ),
    )
