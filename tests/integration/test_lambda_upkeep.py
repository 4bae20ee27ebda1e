"""The Lambda that runs by the clock: what is lost, to be removed, and told."""

import time

import pytest
from sqlalchemy import text

from db.engine import Sessions
from ingestion.errors import StorageUnavailable
from ingestion.rules.lifecycle import JobStatus
from ingestion.settings import Settings
from ingestion.telemetry import instruments, metrics
from tests.conftest import Upload
from tests.integration.jobs import row_of, set_row
from tests.lambda_events import Context, EventSourceMapping, ids
from tests.recorder import Recorder
from tests.worker import Queue

CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\n"


def test_upkeep_sends_what_was_lost_and_removes_what_was_deleted(
    upload: Upload, settings: Settings, sessions: Sessions, sqs: Queue
) -> None:
    from tasks import lambda_handler

    mapping = EventSourceMapping(settings, settings.sqs_queue_name)
    lost, deleted = upload(CLEAN), upload(CLEAN)
    sqs.clear()
    set_row(sessions, lost, "status = 'PROCESSING', worker_id = 'dead', taken_at = now(), attempt = 1")
    set_row(sessions, deleted, "deleted_at = now()")
    lambda_handler.upkeep({}, Context())
    event = mapping.batch(1)
    assert ids(event, lost) == {event["Records"][0]["messageId"]}
    with sessions() as session:
        assert session.scalars(text("SELECT id FROM jobs")).all() == [lost]


def test_upkeep_begins_nothing_without_time_for_it(upload: Upload, sessions: Sessions, sqs: Queue) -> None:
    from tasks import lambda_handler

    job_id = upload(CLEAN)
    sqs.clear()
    set_row(sessions, job_id, "enqueued_at = NULL, deleted_at = now()")
    lambda_handler.upkeep({}, Context(10))
    assert row_of(sessions, job_id)["deleted_at"] is not None
    assert sqs.waiting_and_taken() == (0, 0)


def test_upkeep_that_is_interrupted_or_fails_keeps_nothing_else(
    upload: Upload,  # noqa: ARG001  (with the environment)
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tasks import lambda_handler
    from tasks.serverless import upkeep

    done: list[str] = []

    def endless() -> None:
        while True:
            time.sleep(0.01)

    def failing() -> None:
        raise StorageUnavailable("The file store does not answer.")

    monkeypatch.setattr(upkeep, "_WORKS", (failing, lambda: done.append("purged")))
    with pytest.raises(StorageUnavailable):
        lambda_handler.upkeep({}, Context())
    monkeypatch.setattr(upkeep, "_WORKS", (endless,))
    lambda_handler.upkeep({}, Context(15.5))
    assert done == ["purged"]


def test_upkeep_tells_cloudwatch_how_things_stand_and_what_is_told_is_written_before_the_answer(
    upload: Upload, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks import lambda_handler
    from tasks.serverless import upkeep

    told = Recorder()
    monkeypatch.setattr(instruments, "_outlets", [told])
    monkeypatch.setattr(upkeep, "settings", settings.model_copy(update={"metrics_namespace": "Tests"}))
    upload(CLEAN)
    lambda_handler.upkeep({}, Context())

    assert (1.0, JobStatus.PENDING) in told.of(metrics.JOBS)
    assert (1.0, "waiting") in told.of(metrics.QUEUE_MESSAGES)
    assert told.flushed == 1
