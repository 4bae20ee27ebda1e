"""Sending to the workers without waiting for a queue that does not answer: for whom somebody waits."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from ingestion.errors import QueueUnavailable
from ingestion.telemetry import context

UNAVAILABLE = "The queue does not answer. The job waits and is sent again by itself."

_SECONDS = 8


def process_job(job_id: int, file_key: str) -> None:
    """Have an uploaded file processed, however long that takes. Raises QueueUnavailable."""
    # Imported when first used: it takes the queue that the environment names when it is imported.
    from tasks import enqueue

    enqueue.enqueue_process(job_id, file_key)


def finalize_job(job_id: int) -> None:
    """Have a reviewed upload finalized, however long that takes. Raises QueueUnavailable."""
    from tasks import enqueue

    enqueue.enqueue_finalize(job_id)


def within_seconds(send: Callable[[], None]) -> None:
    """Send in a thread of its own: the broker is made for workers, which have the time to try for minutes.

    What is sent after all, later, is one message too many, which workers stand. Raises QueueUnavailable, and
    what `send` raises.
    """
    sent: Future[None] = Future()

    def run() -> None:
        try:
            send()
        except BaseException as error:  # noqa: BLE001  (it is raised where it is waited for)
            sent.set_exception(error)
        else:
            sent.set_result(None)

    threading.Thread(target=context.carried(run), name="send", daemon=True).start()
    try:
        sent.result(_SECONDS)
    except TimeoutError:
        raise QueueUnavailable(UNAVAILABLE) from None
