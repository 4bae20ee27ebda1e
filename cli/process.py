"""The process around a command: streams that are closed, a reader that goes away, signals that end it."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NoReturn

from cli.exits import Code, Ended

_ENDING = (signal.SIGTERM, signal.SIGHUP)


def open_streams() -> None:
    """Let the null device stand in for a standard stream that is closed, as `>&-` does.

    No file or connection gets its number then, and what is written to it goes nowhere.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  for as long as the process lasts


@contextlib.contextmanager
def unwound_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP leave a command as Ctrl-C does: half a file is removed, a transaction undone.

    The process ends with 128 and the signal's number, as shells have it. A signal that is ignored stays so.
    """
    is_main = threading.current_thread() is threading.main_thread()  # no other may set what signals do
    taken = [one for one in _ENDING if is_main and signal.getsignal(one) is signal.SIG_DFL]
    for one in taken:
        signal.signal(one, _end)
    try:
        yield
    finally:
        for one in taken:
            signal.signal(one, signal.SIG_DFL)


@contextlib.contextmanager
def to_the_last_byte() -> Iterator[None]:
    """Write all of the output. A reader that went away ends the command without a word: Ended."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        with contextlib.suppress(OSError, ValueError):  # what is still to be written has no reader either
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Ended(Code.PIPE_CLOSED) from None


def _end(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
