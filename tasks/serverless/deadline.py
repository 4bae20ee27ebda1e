"""Interrupting what a Lambda does before AWS ends it."""

import threading
from types import TracebackType
from typing import Self

from dramatiq.threading import Interrupt, raise_thread_exception
from sqlalchemy import Engine

from tasks.interrupting import interrupt_after


class Deadline:
    """Interrupts whoever is within after so many seconds.

    Statements that it waits for in the database are cancelled then: an interruption waits for those. May
    interrupt at its end too, after everything within was done.
    """

    def __init__(self, seconds: float, interruption: type[Interrupt], engine: Engine) -> None:
        self._seconds = max(seconds, 0.0)
        self._interruption = interruption
        self._engine = engine
        self._is_over = threading.Event()
        self._lock = threading.Lock()
        self._watch = threading.Thread(target=self._wait, name="deadline", daemon=True)
        self._thread_id = threading.get_ident()

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            with self._lock:
                self._is_over.set()
        finally:
            self._is_over.set()  # once more, where the interruption came in that very moment
            self._watch.join()

    def _wait(self) -> None:
        interrupt_after(self._seconds, self._is_over.wait, self._interrupt, lambda: self._engine)

    def _interrupt(self) -> None:
        with self._lock:  # nobody is interrupted who is out
            if not self._is_over.is_set():
                raise_thread_exception(self._thread_id, self._interruption)  # type: ignore[no-untyped-call]
