"""What the launcher says: one short line per step, coloured and updated in place only on a terminal.

Standard library only: run.py uses it before there is an environment.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from typing import TextIO

LABEL_WIDTH = 12
SECONDS_BETWEEN_PLAIN_PROGRESS = 10.0


class Step:
    """A step under way. Set `result` to what its line shall say at the end."""

    def __init__(self, console: "Console", label: str) -> None:
        self._console = console
        self._label = label
        self._last_shown = time.monotonic()
        self.result = ""

    def progress(self, text: str) -> None:
        """Show what the step is at: in place on a terminal, else a line now and then."""
        if self._console.is_terminal:
            self._console.transient(f"{self._label:<{LABEL_WIDTH}} {text}")
        elif time.monotonic() - self._last_shown > SECONDS_BETWEEN_PLAIN_PROGRESS:
            self._last_shown = time.monotonic()
            self._console.line(f"  ... {self._label}: {text}")


class Console:
    """Writes to one stream; a stream that has gone away (a closed terminal) is no error."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self.is_terminal = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._has_colour = self.is_terminal and "NO_COLOR" not in os.environ
        encoding = (self._stream.encoding or "ascii").lower().replace("-", "")
        self._done, self._failed = ("✓", "✗") if encoding == "utf8" else ("ok", "failed:")

    def line(self, text: str) -> None:
        """Write one line, over a transient one if there is any."""
        self._write(f"{self._clear}{text}\n")

    def heading(self, text: str) -> None:
        """Write one line that stands out."""
        self.line(self._style("1", text))

    def failure(self, text: str) -> None:
        """Write the one line that says why something cannot go on."""
        self.line(f"{self._style('31', self._failed)} {text}")

    def transient(self, text: str) -> None:
        """On a terminal, show text that the next line replaces."""
        if self.is_terminal:
            width = max(20, _columns(self._stream) - 5)
            self._write(f"{self._clear}  {self._style('2', text[:width])}")

    @contextlib.contextmanager
    def step(self, label: str) -> Iterator[Step]:
        """Show that `label` is under way, and at the end its result and time."""
        step = Step(self, label)
        began = time.monotonic()
        self.transient(f"{label:<{LABEL_WIDTH}} ...")
        try:
            yield step
        except BaseException:
            self._write(self._clear)
            raise
        seconds = f"{time.monotonic() - began:5.1f} s"
        mark = self._style("32", self._done)
        self.line(f"{mark} {label:<{LABEL_WIDTH}} {self._style('2', seconds)}  {step.result}".rstrip())

    @property
    def _clear(self) -> str:
        return "\r\033[K" if self.is_terminal else ""

    def _style(self, code: str, text: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self._has_colour else text

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()


def _columns(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except OSError:
        return 80
