"""Doing something until it is done, while services fail: what a patient person does."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import psycopg2
from sqlalchemy import exc

from ingestion.errors import Conflict, InvalidDecision, QueueUnavailable, StorageUnavailable

_OUTAGES = (
    exc.OperationalError,
    exc.InterfaceError,
    exc.TimeoutError,
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
    StorageUnavailable,
    QueueUnavailable,
)
_PAUSE = 0.3

Result = TypeVar("Result")


class OutOfTimeError(Exception):
    """The trial's deadline has passed."""


def is_outage(error: BaseException) -> bool:
    """Whether a use-case raises this when a service does not answer."""
    return isinstance(error, _OUTAGES) or (
        isinstance(error, exc.DBAPIError) and bool(error.connection_invalidated)
    )


class Patience:
    """Tries again until a deadline, by time.monotonic(), and raises OutOfTimeError then."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self.races = 0
        """Steps that two people took at once."""
        self.doubled = 0
        """Those of them that both were told they had done."""

    def pause(self) -> None:
        """Wait a moment."""
        self._go_on()
        time.sleep(_PAUSE)

    def _go_on(self) -> None:
        if time.monotonic() > self._deadline:
            raise OutOfTimeError

    def answer_of(self, ask: Callable[[], Result]) -> Result:
        """Ask until there is an answer."""
        self._go_on()
        while True:
            try:
                return ask()
            except Exception as error:
                if not is_outage(error):
                    raise
            self.pause()

    def do(
        self, act: Callable[[], object], other: Callable[[], object] | None = None, *, may_both: bool = False
    ) -> bool:
        """Do something until it was done, by whomever, or cannot be; False: rules refuse it.

        Of it and what another does at the same time, only one may be done. A step whose answer was lost is
        tried again, and refused then, because it was done.
        """
        while True:
            outcomes = _at_once(act, other) if other else [_outcome_of(act)]
            self.races += other is not None
            done = outcomes.count(None)
            self.doubled += done > 1 and not may_both
            if done or any(isinstance(outcome, Conflict) for outcome in outcomes):
                return True
            if all(isinstance(outcome, InvalidDecision) for outcome in outcomes):
                return False
            for outcome in outcomes:
                if outcome and not (is_outage(outcome) or isinstance(outcome, InvalidDecision)):
                    raise outcome
            self.pause()


def _outcome_of(act: Callable[[], object]) -> Exception | None:
    """What it raised; None: it was done."""
    try:
        act()
    except Exception as error:  # noqa: BLE001  the caller tells them apart
        return error
    return None


def _at_once(act: Callable[[], object], other: Callable[[], object]) -> list[Exception | None]:
    """The outcomes of two things that are begun at the same moment."""
    found: list[Exception | None] = []
    together = threading.Barrier(2)

    def do(one: Callable[[], object]) -> None:
        together.wait()
        found.append(_outcome_of(one))

    threads = [threading.Thread(target=do, args=[one]) for one in (act, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
