"""What the product and the load itself take from the machine while a load is measured."""

import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import psutil

from benchmarks.load.queue import Queue, watched

MEGABYTE = 1e6
GENERATOR = "load generator"
DASHBOARD = "dashboard"
_MARKS = (
    (DASHBOARD, "streamlit"),
    ("workers", "-m tasks --"),
    ("emulator", ".venv-aws"),
    ("postgres", "postgres"),
)
"""Parts of the product, and what stands in the command lines of their processes."""
_EVERY = 2.0
"""Seconds between two looks."""


@dataclass(frozen=True)
class Part:
    """One part of the product."""

    megabytes: float
    """The most that its processes held together. What processes share is counted once, where Linux tells."""
    processors: float
    """Of one, on the average: 1.0 is one processor all the time."""


@dataclass
class Watch:
    """Looks at the processes below `launcher`, and at the queue of the product that they are.

    Without a launcher only at this process and the machine.
    """

    launcher: int | None
    queue: Queue | None = None
    """None where the product's database is not known."""
    _held: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _first: dict[psutil.Process, float] = field(default_factory=dict)
    _last: dict[psutil.Process, tuple[str, float]] = field(default_factory=dict)
    _machine: list[float] = field(default_factory=list)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look every other second, and at the beginning and the end."""
        over = threading.Event()
        if self.launcher is not None:
            self.queue = Queue()
        with ThreadPoolExecutor(1) as thread:
            watch = thread.submit(self._watch, over.wait)
            try:
                yield
            finally:
                over.set()
        watch.result()  # raises what went wrong there: without it there are no figures

    def parts(self, seconds: float) -> dict[str, Part]:
        """What each part took, of a watch of so many seconds."""
        used: defaultdict[str, float] = defaultdict(float)
        for process, (part, last) in self._last.items():
            used[part] += last - self._first[process]
        return {part: Part(self._held[part], used[part] / seconds) for part in self._held}

    @property
    def machine(self) -> float:
        """Processors busy with anything at all, on the average."""
        return sum(self._machine) / max(len(self._machine), 1)

    def _watch(self, wait: Callable[[float], bool]) -> None:
        with ExitStack() as ending:
            connection = None
            if self.queue is not None and self.launcher is not None:
                connection = ending.enter_context(watched(database_url(self.launcher), self.queue))
            psutil.cpu_percent()
            self._look(is_first=True)
            while not wait(_EVERY):
                self._look(is_first=False)
                self._machine.append(psutil.cpu_percent() / 100 * (os.cpu_count() or 1))
                if self.queue is not None and connection is not None:
                    self.queue.look(connection)
            self._look(is_first=False)

    def _look(self, *, is_first: bool) -> None:
        held: defaultdict[str, float] = defaultdict(float)
        for part, process in self._processes():
            try:
                with process.oneshot():
                    times, memory = process.cpu_times(), process.memory_full_info()
            except psutil.Error:
                continue  # it has ended
            held[part] += getattr(memory, "pss", memory.rss) / MEGABYTE
            used = times.user + times.system
            self._first.setdefault(process, used if is_first else 0.0)
            self._last[process] = part, used
        for part, megabytes in held.items():
            self._held[part] = max(self._held[part], megabytes)

    def _processes(self) -> Iterator[tuple[str, psutil.Process]]:
        yield GENERATOR, psutil.Process()
        for process in product_processes(self.launcher):
            try:
                command = " ".join(process.cmdline())
            except psutil.Error:
                continue
            part = next((part for part, mark in _MARKS if mark in command), None)
            if part is not None:
                yield part, process


def product_processes(launcher: int | None) -> list[psutil.Process]:
    """All that a launcher started, and what those started; none without a launcher."""
    return [] if launcher is None else psutil.Process(launcher).children(recursive=True)


def database_url(launcher: int) -> str:
    """The product's database: of the environment that its dashboard was given. Raises LookupError."""
    for process in product_processes(launcher):
        if "streamlit" in " ".join(process.cmdline()):
            return process.environ()["DATABASE_URL"]
    raise LookupError("the dashboard does not run")
