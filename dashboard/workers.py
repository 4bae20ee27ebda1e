"""Handing work to the workers, without waiting for a queue that does not answer."""

from collections.abc import Callable

from dashboard import resources
from ingestion.errors import QueueUnavailable
from ingestion.health import Part
from tasks import sending


def enqueue_process(job_id: int, file_key: str) -> None:
    """Have an uploaded file processed. Raises QueueUnavailable."""

    def send() -> None:
        # Imported when first used: it takes the queue that the environment names when it is imported.
        from tasks import enqueue

        enqueue.enqueue_process(job_id, file_key)

    _within_seconds(send)


def enqueue_finalize(job_id: int) -> None:
    """Have a reviewed upload finalized. Raises QueueUnavailable."""

    def send() -> None:
        from tasks import enqueue

        enqueue.enqueue_finalize(job_id)

    _within_seconds(send)


def _within_seconds(send: Callable[[], None]) -> None:
    if resources.watch().since(Part.QUEUE):
        raise QueueUnavailable(sending.UNAVAILABLE)
    try:
        sending.within_seconds(send)
    except QueueUnavailable:
        resources.watch().report(Part.QUEUE)
        raise
