"""Stopping in time: what runs is finished, or handed back."""

import threading
import time

from dramatiq import Broker, Worker
from dramatiq.middleware import ShutdownNotifications

from tasks.interrupting import interrupt_after

_TO_HAND_BACK = 8.0
"""Seconds for undoing what a task did, and for what else a worker does before it ends."""


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

        interrupt = super().before_worker_shutdown
        interrupt_after(
            self._patience,
            lambda seconds: _end_within(worker, seconds),
            lambda: interrupt(broker, worker),  # type: ignore[no-untyped-call]
            engine,
        )


def _end_within(worker: Worker, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    for thread in worker.workers:
        thread.join(max(deadline - time.monotonic(), 0))
    return not any(thread.is_alive() for thread in worker.workers)
