"""What workers do: ids in, one use-case each. Run with `python -m tasks`."""

from collections.abc import Iterator
from contextlib import contextmanager

import dramatiq
from dramatiq import Retry
from dramatiq.middleware import Shutdown

from ingestion import finalization, processing
from ingestion.errors import GivenUp, RetryLater
from tasks.broker import settings
from tasks.resources import attempts, bucket, sessions

QUEUE = settings.sqs_queue_name


@contextmanager
def _in_the_queues_terms() -> Iterator[None]:
    """What becomes of the message: sent again later, or at once by a worker that stops."""
    try:
        yield
    except RetryLater as error:
        raise Retry(str(error), delay=round(error.seconds * 1000)) from error
    except Shutdown as error:
        raise Retry("handed back", delay=0) from error


@dramatiq.actor(queue_name=QUEUE, notify_shutdown=True, throws=(GivenUp,))
def process_job(job_id: int, file_key: str) -> None:  # noqa: ARG001  (for people who read the queue)
    """Parse, check and load one uploaded file."""
    with _in_the_queues_terms():
        processing.process(
            sessions(), bucket(), job_id, attempts=attempts(), max_bytes=settings.max_upload_bytes
        )


@dramatiq.actor(queue_name=QUEUE, notify_shutdown=True, throws=(GivenUp,))
def finalize_job(job_id: int) -> None:
    """Make one reviewed job's final contacts."""
    with _in_the_queues_terms():
        finalization.finalize(sessions(), job_id, attempts=attempts())
