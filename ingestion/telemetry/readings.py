"""How things stand by what the database and the queue know, read without waiting long for either."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from db.engine import Sessions
from ingestion import operations
from ingestion.queue import JobQueue
from ingestion.settings import Settings
from ingestion.telemetry import metrics
from ingestion.telemetry.instruments import Gauge
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

_GOOD_FOR_SECONDS = 5.0
_PATIENCE_SECONDS = 2.0
"""Prometheus waits for 10 by default."""


@dataclass(frozen=True)
class Reading:
    """A gauge's value; `of` is the label's."""

    gauge: Gauge
    value: float
    of: str = ""


Look = Callable[[], list[Reading]]


class Readings:
    """What some sources say. One that says nothing within 2 s is left out, and a reading tells that."""

    def __init__(self, looks: Mapping[metrics.Source, Look]) -> None:
        self._sources = {name: _Source(name, look) for name, look in looks.items()}

    def now(self) -> list[Reading]:
        """The readings, not older than 5 s."""
        answers = {name: source.ask() for name, source in self._sources.items()}
        deadline = time.monotonic() + _PATIENCE_SECONDS
        readings: list[Reading] = []
        for name, answer in answers.items():
            found = _within(answer, deadline - time.monotonic())
            readings += found or []
            readings.append(Reading(metrics.SCRAPE_ERROR, float(found is None), name))
        return readings

    def report(self) -> None:
        """Set the gauges."""
        for reading in self.now():
            reading.gauge.set(reading.value, of=reading.of)


def of_installation(sessions: Sessions, queue: Callable[[], JobQueue], settings: Settings) -> Readings:
    """What the database and the queue that the settings name say."""
    return Readings({"database": lambda: _of_jobs(sessions, settings), "queue": lambda: _of_queue(queue())})


def _of_jobs(sessions: Sessions, settings: Settings) -> list[Reading]:
    counts = operations.counts(sessions, settings)
    return [
        *(Reading(metrics.JOBS, count, status) for status, count in counts.jobs.items()),
        Reading(metrics.JOBS_WAITING, counts.waiting.count),
        Reading(metrics.JOBS_STUCK, counts.stuck),
        Reading(metrics.QUEUE_OLDEST_SECONDS, counts.waiting.oldest or 0.0),
        Reading(metrics.WORKERS, counts.busy_workers, "busy"),
        Reading(metrics.WORKERS, counts.idle_workers, "idle"),
    ]


def _of_queue(queue: JobQueue) -> list[Reading]:
    depths = queue.depths()
    return [
        Reading(metrics.QUEUE_MESSAGES, depths.jobs.waiting, "waiting"),
        Reading(metrics.QUEUE_MESSAGES, depths.jobs.in_flight, "in_flight"),
        Reading(metrics.QUEUE_MESSAGES, depths.jobs.delayed, "delayed"),
        Reading(metrics.DEAD_LETTERS, depths.dead_letters.total),
    ]


class _Source:
    """One source, looked at by one thread at a time: one that hangs keeps a thread, and no more."""

    def __init__(self, name: str, look: Look) -> None:
        self._name = name
        self._look = look
        self._answer: Future[list[Reading]] | None = None
        self._asked = 0.0
        self._lock = threading.Lock()

    def ask(self) -> Future[list[Reading]]:
        """An answer that was just given, or will be."""
        with self._lock:
            is_old = time.monotonic() - self._asked > _GOOD_FOR_SECONDS
            if self._answer is None or (self._answer.done() and is_old):
                self._answer, self._asked = Future(), time.monotonic()
                name = f"readings of the {self._name}"
                threading.Thread(target=self._read, args=(self._answer,), name=name, daemon=True).start()
            return self._answer

    def _read(self, answer: Future[list[Reading]]) -> None:
        try:
            answer.set_result(self._look())
        except Exception as error:  # whatever it is, the other sources' readings are wanted
            logger.warning("metrics_missing", source=self._name, exc_info=True)
            answer.set_exception(error)


def _within(answer: Future[list[Reading]], seconds: float) -> list[Reading] | None:
    try:
        return answer.result(max(seconds, 0.0))
    except Exception:  # noqa: BLE001  (logged where it was raised; a timeout is one too)
        return None
