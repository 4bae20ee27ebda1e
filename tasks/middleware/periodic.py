"""Work that a process does now and then, beside its tasks."""

import random
import threading
from collections.abc import Callable

from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)


class Periodically:
    """Calls `work` every so many `seconds`, in a thread of its own. What it raises is logged; it goes on."""

    def __init__(self, seconds: float, work: Callable[[], object], name: str) -> None:
        self._seconds = seconds
        self._work = work
        self._name = name
        self._is_wanted = threading.Event()
        self._is_over = threading.Event()

    def start(self) -> None:
        """Begin: the first call comes after a part of the time, so that processes do not go in step."""
        threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def hurry(self) -> None:
        """Call it now."""
        self._is_wanted.set()

    def stop(self) -> None:
        """Call it no more."""
        self._is_over.set()
        self._is_wanted.set()

    def _run(self) -> None:
        pause = self._seconds * random.random()  # noqa: S311
        while True:
            self._is_wanted.wait(pause)
            self._is_wanted.clear()
            if self._is_over.is_set():
                return
            try:
                self._work()
            except Exception:  # one failure, of a network or a database, must not end the loop
                logger.warning("periodic_work_failed", work=self._name, exc_info=True)
            pause = self._seconds
