"""Ctrl-C and its kin, as a condition that the launcher looks at."""

import signal
import threading
from collections.abc import Callable
from types import FrameType


class Interruption:
    """Becomes `requested` with the first SIGINT, SIGTERM or SIGHUP, and `hurried` with the second."""

    def __init__(self, on_request: Callable[[], None]) -> None:
        """`on_request` is called once, from the signal handler."""
        self._on_request = on_request
        self._event = threading.Event()
        self._hurried = False

    def install(self) -> None:
        """Handle the signals from now on; a SIGHUP that nohup made us ignore stays ignored."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._handle)

    def requested(self) -> bool:
        """Whether somebody wants an end."""
        return self._event.is_set()

    def hurried(self) -> bool:
        """Whether somebody wants it now."""
        return self._hurried

    def wait(self, seconds: float) -> bool:
        """Wait for the request at most so long; whether it came."""
        return self._event.wait(seconds)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if self._event.is_set():
            self._hurried = True
        else:
            self._event.set()
            self._on_request()
