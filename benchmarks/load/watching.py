"""What the product and the load itself take from the machine while a load is measured."""

import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil
import psycopg2

MEGABYTE = 1e6
GENERATOR = "load generator"
DASHBOARD = "dashboard"
_MARKS = (
    (DASHBOARD, "streamlit"),
    ("workers", "dramatiq"),
    ("emulator", ".venv-aws"),
    ("postgres", "postgres"),
)
"""Parts of the product, and what stands in the command lines of their processes."""
_EVERY = 2.0
"""Seconds between two looks."""

# The oldest job that no worker has taken, of those that one may take.
_QUEUE = """
SELECT coalesce(extract(epoch FROM clock_timestamp() - min(coalesce(enqueued_at, created_at))), 0), count(*)
  FROM jobs WHERE status = 'PENDING' OR (status = 'FINALIZING' AND started_at IS NULL)
"""


@dataclass(frozen=True)
class Part:
    """One part of the product."""

    megabytes: float
    """The most that its processes held together. What processes share is counted once, where Linux tells."""
    processors: float
    """Of one, on the average: 1.0 is one processor all the time."""


@dataclass
class Watch:
    """Looks at the processes below `launcher`, and at the queue of the product that they are."""

    launcher: int | None
    _held: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _first: dict[psutil.Process, float] = field(default_factory=dict)
    _last: dict[psutil.Process, tuple[str, float]] = field(default_factory=dict)
    _machine: list[float] = field(default_factory=list)
    oldest: float | None = None
    """Seconds that a job waited for a worker so far, the most seen at once; None where there is no look."""
    waiting: int = 0
    """The most jobs that waited at once."""

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look every other second, and at the beginning and the end."""
        over = threading.Event()
        thread = threading.Thread(target=self._watch, args=(over.wait,))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

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
        with _queue_of(self.launcher) as look_at_queue:
            psutil.cpu_percent()
            self._look(is_first=True)
            while not wait(_EVERY):
                self._look(is_first=False)
                self._machine.append(psutil.cpu_percent() / 100 * (os.cpu_count() or 1))
                if look_at_queue is not None:
                    oldest, waiting = look_at_queue()
                    self.oldest, self.waiting = max(self.oldest or 0.0, oldest), max(self.waiting, waiting)
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


@contextmanager
def _queue_of(launcher: int | None) -> Iterator[Callable[[], tuple[float, int]] | None]:
    if launcher is None:
        yield None
        return
    connection = psycopg2.connect(database_url(launcher))
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:

            def look() -> tuple[float, int]:
                cursor.execute(_QUEUE)
                oldest, waiting = cursor.fetchone() or (0, 0)
                return float(oldest), int(waiting)

            yield look
    finally:
        connection.close()
