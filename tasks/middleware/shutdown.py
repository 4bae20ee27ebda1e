"""Stopping in time: what runs is finished, or handed back."""

import threading
import time

from dramatiq import Broker, Worker
from dramatiq.middleware import ShutdownNotifications

from db.engine import cancel_running
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

_TO_HAND_BACK = 8.0
"""Seconds for undoing what a task did, and for what else a worker does before it ends."""
_TO_NOTICE = 1.0
_UNTIL_AGAIN = 4.0


class TimelyShutdown(ShutdownNotifications):
    """Lets a task go on after SIGTERM until there is just time left to hand its job back.

    `seconds` are all that there are, from the signal to the end of the process. Then the task is interrupted,
    and statements that it waits for in the database are cancelled: an interruption waits for those.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._patience = max(seconds - _TO_HAND_BACK, 0.0)

    def before_worker_shutdown(self, broker: Broker, worker: Worker) -> None:
        """Fetch nothing more; interrupt in time what does not finish."""
        broker.is_stopping = True  # type: ignore[attr-defined]
        threading.Thread(target=self._interrupt, args=(broker, worker), daemon=True).start()

    def _interrupt(self, broker: Broker, worker: Worker) -> None:
        from tasks.resources import engine  # it needs the broker first

        pause = self._patience
        while not _end_within(worker, pause):
            super().before_worker_shutdown(broker, worker)  # type: ignore[no-untyped-call]
            if not _end_within(worker, _TO_NOTICE):
                logger.info("statements_cancelled")
                cancel_running(engine())
            # Once more, then: what is raised while Python calls back from C may be lost there.
            pause = _UNTIL_AGAIN


def _end_within(worker: Worker, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    for thread in worker.workers:
        thread.join(max(deadline - time.monotonic(), 0))
    return not any(thread.is_alive() for thread in worker.workers)
