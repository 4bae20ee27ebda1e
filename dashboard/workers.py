"""Handing work to the workers, without waiting for a queue that does not answer."""

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future

from dashboard import resources
from ingestion.errors import QueueUnavailable
from ingestion.health import Part

_SECONDS = 8
_UNAVAILABLE = "The queue does not answer. The job waits and is sent again by itself."


def enqueue_process(job_id: int, file_key: str) -> None:
    """Have an uploaded file processed. Raises QueueUnavailable."""

    def send() -> None:
        # Imported when first used: `tasks` takes the queue that the environment names when it is imported.
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
    """Send in a thread of its own: the broker is made for workers, which have the time to try for minutes.

    What is sent after all, later, is one message too many, which workers stand.
    """
    if resources.watch().since(Part.QUEUE):
        raise QueueUnavailable(_UNAVAILABLE)
    sent: Future[None] = Future()

    def run() -> None:
        try:
            send()
        except BaseException as error:  # noqa: BLE001  (it is raised where it is waited for)
            sent.set_exception(error)
        else:
            sent.set_result(None)

    here = contextvars.copy_context()  # the click's trace goes on there
    threading.Thread(target=here.run, args=(run,), name="send", daemon=True).start()
    try:
        sent.result(_SECONDS)
    except TimeoutError:
        resources.watch().report(Part.QUEUE)
        raise QueueUnavailable(_UNAVAILABLE) from None
    except QueueUnavailable:
        resources.watch().report(Part.QUEUE)
        raise
