"""How things stand, also while something does not answer."""

import threading

import pytest

from ingestion.errors import QueueUnavailable
from ingestion.telemetry import metrics, readings
from ingestion.telemetry.readings import Reading, Readings


def errors(found: list[Reading]) -> dict[str, float]:
    return {reading.of: reading.value for reading in found if reading.gauge is metrics.SCRAPE_ERROR}


def jobs() -> list[Reading]:
    return [Reading(metrics.JOBS_WAITING, 4)]


def test_a_source_that_fails_is_left_out_and_said_so() -> None:
    def down() -> list[Reading]:
        raise QueueUnavailable("The queue does not answer.")

    found = Readings({"queue": down, "database": jobs}).now()
    assert errors(found) == {"queue": 1, "database": 0}
    assert jobs()[0] in found


def test_a_source_that_hangs_is_not_waited_for_and_asked_by_one_thread_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(readings, "_PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(readings, "_GOOD_FOR_SECONDS", 0.0)
    released, calls = threading.Event(), []

    def hangs() -> list[Reading]:
        calls.append(1)
        released.wait(30)
        return [Reading(metrics.DEAD_LETTERS, 1)]

    both = Readings({"queue": hangs, "database": jobs})
    for _ in range(3):
        assert errors(both.now()) == {"queue": 1, "database": 0}
    assert len(calls) == 1
    released.set()


def test_an_answer_is_used_again_for_some_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def look() -> list[Reading]:
        calls.append(1)
        return jobs()

    ours = Readings({"database": look})
    assert ours.now() == ours.now()
    assert len(calls) == 1
    monkeypatch.setattr(readings, "_GOOD_FOR_SECONDS", 0.0)
    ours.now()
    assert len(calls) == 2
