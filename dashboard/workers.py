"""Handing work to the workers, without waiting for a queue that does not answer."""

from collections.abc import Callable
from functools import partial

from dashboard import resources
from ingestion.errors import QueueUnavailable
from ingestion.health import Part
from tasks import sending


def enqueue_process(job_id: int, file_key: str) -> None:
    """Have an uploaded file processed. Raises QueueUnavailable."""
    _within_seconds(partial(sending.process_job, job_id, file_key))


def enqueue_finalize(job_id: int) -> None:
    """Have a reviewed upload finalized. Raises QueueUnavailable."""
    _within_seconds(partial(sending.finalize_job, job_id))


def _within_seconds(send: Callable[[], None]) -> None:
    if resources.watch().since(Part.QUEUE):
        raise QueueUnavailable(sending.UNAVAILABLE)
    try:
        sending.within_seconds(send)
    except QueueUnavailable:
        resources.watch().report(Part.QUEUE)
        raise
