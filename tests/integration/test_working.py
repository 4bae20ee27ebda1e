"""One worker a job: attempts, pauses, what is given back and what is given up."""

import errno
import threading

import psycopg2
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from db.engine import Sessions, cancel_running
from db.outages import is_out_of_resources, is_unavailable
from db.queries import jobs
from ingestion import failures, finalization, processing, uploads, working
from ingestion.errors import (
    Conflict,
    GivenUp,
    IngestionError,
    QueueUnavailable,
    RetryLater,
    StorageUnavailable,
    UnreadableFile,
)
from ingestion.rules.lifecycle import FINALIZE, PROCESS, JobStatus, Step
from ingestion.storage import Bucket
from ingestion.working import Attempts
from tests.conftest import Submit
from tests.integration.jobs import row_of, set_row
from tests.logged import lines_of
from tests.tables import tables_of

CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\n"
UNSETTLED = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,\n"


class Interrupted(BaseException):
    """What a worker that is told to stop gets."""


class OutOfTime(BaseException):
    """What a worker gets whose task takes too long."""


ATTEMPTS = Attempts(worker_id="w1", limit=3, first_pause=10, out_of_time=OutOfTime)


def fails_with(error: BaseException) -> working.Work:
    def work(*_: object) -> dict[str, object]:
        raise error

    return work


@pytest.fixture
def no_store(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    def unavailable(*_: object) -> None:
        raise StorageUnavailable("The file store does not answer.")

    monkeypatch.setattr(Bucket, "local_copy", unavailable)
    return monkeypatch


def test_a_failure_that_passes_is_tried_again_after_growing_pauses_and_at_last_given_up(
    submit: Submit, sessions: Sessions, bucket: Bucket, no_store: pytest.MonkeyPatch
) -> None:
    job_id = submit(CLEAN)
    for attempt, shortest, longest in ((1, 5, 10), (2, 20, 40)):
        with pytest.raises(RetryLater) as caught:
            processing.process(sessions, bucket, job_id, attempts=ATTEMPTS)
        assert shortest <= caught.value.seconds <= longest
        found = row_of(sessions, job_id)
        assert (found["status"], found["attempt"], found["worker_id"]) == ("PENDING", attempt, None)
        assert found["error_message"] == "The file store does not answer."
        assert found["next_attempt_at"] == found["enqueued_at"] is not None
    with pytest.raises(GivenUp):
        processing.process(sessions, bucket, job_id, attempts=ATTEMPTS)
    found = row_of(sessions, job_id)
    assert (found["status"], found["next_attempt_at"]) == (JobStatus.FAILED, None)
    assert found["error_message"] == (
        "It failed 3 times, the last time for this reason: The file store does not answer. Try again later."
    )
    no_store.undo()
    uploads.retry(sessions, lambda _job, _key: None, int(str(found["user_id"])), job_id)
    processing.process(sessions, bucket, job_id, attempts=ATTEMPTS)
    found = row_of(sessions, job_id)
    assert (found["status"], found["error_message"]) == (JobStatus.COMPLETED, None)


def test_the_log_tells_every_attempt_whose_it_is_and_why_it_failed(
    submit: Submit, sessions: Sessions, user_id: int
) -> None:
    job_id = submit(CLEAN)
    broken = fails_with(ZeroDivisionError("a mistake of ours"))
    away = fails_with(StorageUnavailable("The file store does not answer."))
    with lines_of("ingestion.attempt_events") as log:
        for work in (broken, away, broken):
            with pytest.raises((RetryLater, GivenUp)):
                working.attempt(sessions, job_id, PROCESS, ATTEMPTS, work)
    lines = log.objects()
    assert [(line["event"], line["level"], line["attempt"]) for line in lines] == [
        ("job_taken", "info", 1),
        ("job_retries_later", "warning", 1),
        ("job_taken", "info", 2),
        ("job_retries_later", "warning", 2),
        ("job_taken", "info", 3),
        ("job_given_up", "error", 3),
    ]
    assert {(line["job_id"], line["user_id"], line["step"]) for line in lines} == {
        (job_id, user_id, "process")
    }
    unexpected, outage, last = (line for line in lines if "reason" in line)
    assert "ZeroDivisionError: a mistake of ours" in unexpected["exception"]
    assert (outage["reason"], outage.get("exception")) == ("The file store does not answer.", None)
    assert "ZeroDivisionError" in last["exception"]


def test_the_log_does_not_quote_what_makes_a_file_unreadable(submit: Submit, sessions: Sessions) -> None:
    job_id = submit(CLEAN)
    with lines_of("ingestion.attempt_events") as log:
        working.attempt(sessions, job_id, PROCESS, ATTEMPTS, fails_with(UnreadableFile("line 3 says Acme")))
    assert [line["event"] for line in log.objects()] == ["job_taken", "job_failed"]
    assert not [line for line in log.lines if "Acme" in line]


def test_an_attempt_that_succeeds_leaves_nothing_of_those_before_it(
    submit: Submit, sessions: Sessions, bucket: Bucket, no_store: pytest.MonkeyPatch
) -> None:
    job_id = submit(UNSETTLED)
    with pytest.raises(RetryLater):
        processing.process(sessions, bucket, job_id, attempts=ATTEMPTS)
    no_store.undo()
    processing.process(sessions, bucket, job_id, attempts=ATTEMPTS)
    found = row_of(sessions, job_id)
    assert (found["status"], found["attempt"]) == (JobStatus.NEEDS_REVIEW, 2)
    assert (found["error_message"], found["next_attempt_at"], found["worker_id"]) == (None, None, None)


@pytest.mark.parametrize("step", [PROCESS, FINALIZE])
def test_who_works_on_a_job_and_since_when_is_on_record_while_it_does(
    submit: Submit, sessions: Sessions, step: Step
) -> None:
    job_id = submit(CLEAN)
    set_row(sessions, job_id, f"status = '{step.waits}'")
    seen: list[dict[str, object]] = []

    def work(*_: object) -> dict[str, object]:
        seen.append(row_of(sessions, job_id))
        return {"status": JobStatus.COMPLETED}

    assert working.attempt(sessions, job_id, step, ATTEMPTS, work)
    assert (seen[0]["status"], seen[0]["worker_id"], seen[0]["attempt"]) == (step.works, "w1", 1)
    assert seen[0]["taken_at"] is not None
    found = row_of(sessions, job_id)
    assert (found["status"], found["worker_id"], found["taken_at"]) == (JobStatus.COMPLETED, None, None)


def test_a_job_that_is_handed_back_is_charged_no_attempt(submit: Submit, sessions: Sessions) -> None:
    job_id = submit(CLEAN)
    for _ in range(7):
        with pytest.raises(Interrupted):
            working.attempt(sessions, job_id, PROCESS, ATTEMPTS, fails_with(Interrupted()))
    found = row_of(sessions, job_id)
    assert (found["status"], found["attempt"], found["worker_id"]) == ("PENDING", 0, None)


def test_a_file_that_cannot_be_read_fails_at_once_and_is_no_dead_letter(
    submit: Submit, sessions: Sessions
) -> None:
    job_id = submit(CLEAN)
    unreadable = fails_with(UnreadableFile("It is a picture."))
    assert not working.attempt(sessions, job_id, PROCESS, ATTEMPTS, unreadable)
    found = row_of(sessions, job_id)
    assert (found["status"], found["error_message"]) == (JobStatus.FAILED, "It is a picture.")


def test_a_job_that_takes_too_long_is_given_up_at_once(submit: Submit, sessions: Sessions) -> None:
    job_id = submit(CLEAN)
    with pytest.raises(GivenUp):
        working.attempt(sessions, job_id, PROCESS, ATTEMPTS, fails_with(OutOfTime()))
    found = row_of(sessions, job_id)
    assert found["status"] == JobStatus.FAILED
    assert "JOB_TIME_LIMIT_MINUTES" in str(found["error_message"])


def test_a_job_that_cannot_be_finalized_is_in_review_again_with_the_reason(
    submit: Submit, sessions: Sessions
) -> None:
    job_id = submit(CLEAN)
    set_row(sessions, job_id, "status = 'FINALIZING', attempt = 2")
    with pytest.raises(GivenUp):
        working.attempt(sessions, job_id, FINALIZE, ATTEMPTS, fails_with(MemoryError()))
    found = row_of(sessions, job_id)
    assert (found["status"], found["worker_id"]) == (JobStatus.NEEDS_REVIEW, None)
    assert "The worker ran out of memory." in str(found["error_message"])


@pytest.mark.parametrize(("step", "end"), [(PROCESS, JobStatus.FAILED), (FINALIZE, JobStatus.NEEDS_REVIEW)])
def test_a_job_whose_workers_died_without_a_word_fails_after_its_attempts(
    submit: Submit, sessions: Sessions, bucket: Bucket, step: Step, end: JobStatus
) -> None:
    job_id = submit(CLEAN)
    set_row(sessions, job_id, f"status = '{step.works}', attempt = 3, worker_id = 'dead'")
    with pytest.raises(GivenUp):
        processing.process(sessions, bucket, job_id, attempts=ATTEMPTS)
    assert row_of(sessions, job_id)["status"] == end
    assert "stopped 3 times" in str(row_of(sessions, job_id)["error_message"])


def test_a_job_that_somebody_works_on_is_left_alone(
    submit: Submit, sessions: Sessions, bucket: Bucket
) -> None:
    job_id = submit(CLEAN)
    with sessions.begin() as somebody:
        assert jobs.try_lock(somebody, job_id)
        processing.process(sessions, bucket, job_id)
        assert row_of(sessions, job_id)["status"] == JobStatus.PENDING
    processing.process(sessions, bucket, job_id)
    assert row_of(sessions, job_id)["status"] == JobStatus.COMPLETED


@pytest.mark.parametrize(
    "meanwhile",
    [
        pytest.param("deleted_at = now()", id="deleted"),
        pytest.param("status = 'PENDING', worker_id = NULL", id="found without a worker"),
        pytest.param("worker_id = 'w2', attempt = attempt + 1", id="taken over by another"),
    ],
)
@pytest.mark.parametrize("error", [None, StorageUnavailable("gone"), Interrupted()])
def test_what_a_worker_did_is_not_wanted_when_the_job_is_not_its_own_any_more(
    submit: Submit, sessions: Sessions, meanwhile: str, error: BaseException | None
) -> None:
    job_id = submit(CLEAN)

    def work(session: Session, _job: object) -> dict[str, object]:
        session.execute(text("INSERT INTO issue_rows VALUES (:j, 'ana@x.com', 2)"), {"j": job_id})
        set_row(sessions, job_id, meanwhile)
        if error is not None and "deleted" not in meanwhile:
            raise error
        return {"status": JobStatus.COMPLETED}

    try:
        assert not working.attempt(sessions, job_id, PROCESS, ATTEMPTS, work)
    except (RetryLater, Interrupted):
        assert error is not None
    found = row_of(sessions, job_id)
    assert found["status"] != JobStatus.COMPLETED
    assert found["error_message"] is None
    assert "w2" not in meanwhile or found["worker_id"] == "w2"
    assert tables_of(sessions, job_id)["issue_rows"] == []


def test_a_deleted_job_is_not_begun(submit: Submit, sessions: Sessions, bucket: Bucket) -> None:
    job_id = submit(CLEAN)
    set_row(sessions, job_id, "deleted_at = now()")
    processing.process(sessions, bucket, job_id)
    assert row_of(sessions, job_id)["status"] == JobStatus.PENDING


def test_a_job_that_could_not_be_given_back_is_taken_up_by_the_next(
    submit: Submit, sessions: Sessions, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = submit(CLEAN)
    with monkeypatch.context() as patched:

        def lost(*_: object, **__: object) -> None:
            raise OperationalError("SELECT", {}, psycopg2.OperationalError("server closed the connection"))

        def work(*_: object) -> dict[str, object]:
            patched.setattr(jobs, "find", lost)
            return {"status": JobStatus.COMPLETED}

        with pytest.raises(RetryLater, match="The database does not answer"):
            working.attempt(sessions, job_id, PROCESS, ATTEMPTS, work)
    assert row_of(sessions, job_id)["status"] == JobStatus.PROCESSING
    processing.process(sessions, bucket, job_id)
    assert row_of(sessions, job_id)["status"] == JobStatus.COMPLETED


def test_progress_that_cannot_be_written_stops_nothing(
    submit: Submit, sessions: Sessions, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise OperationalError("UPDATE", {}, psycopg2.OperationalError("server closed the connection"))

    monkeypatch.setattr(jobs, "report_progress", lost)
    monkeypatch.setattr("ingestion.loading._SECONDS_BETWEEN_REPORTS", 0.0)
    job_id = submit(CLEAN)
    processing.process(sessions, bucket, job_id)
    assert row_of(sessions, job_id)["status"] == JobStatus.COMPLETED


@pytest.mark.parametrize("status", sorted(set(JobStatus) - {JobStatus.FAILED}))
def test_only_a_failed_job_is_retried(
    submit: Submit, sessions: Sessions, user_id: int, status: JobStatus
) -> None:
    job_id = submit(CLEAN)
    set_row(sessions, job_id, f"status = '{status}', attempt = 3")
    with pytest.raises(Conflict, match="Only a failed upload"):
        uploads.retry(sessions, lambda _job, _key: None, user_id, job_id)
    assert (row_of(sessions, job_id)["status"], row_of(sessions, job_id)["attempt"]) == (status, 3)


def test_finalizing_begins_with_attempts_of_its_own(
    submit: Submit, sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    job_id = submit(UNSETTLED)
    processing.process(sessions, bucket, job_id)
    with sessions.begin() as session:
        session.execute(text("UPDATE issues SET status = 'RESOLVED'"))
    set_row(sessions, job_id, "conflict_count = 0, attempt = 3")
    finalization.request(sessions, lambda _job: None, user_id, job_id)
    finalization.finalize(sessions, job_id, attempts=ATTEMPTS)
    assert row_of(sessions, job_id)["status"] == JobStatus.COMPLETED


def of_server(code: str) -> psycopg2.Error:
    """An error with the SQLSTATE, as the server makes it."""
    error: psycopg2.Error = type("Answer", (psycopg2.OperationalError,), {"pgcode": code})()
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (StorageUnavailable("The file store does not answer."), "The file store does not answer."),
        (QueueUnavailable("The queue does not answer."), "The queue does not answer."),
        (psycopg2.OperationalError("no route"), "The database does not answer."),
        (
            OperationalError("SELECT", {}, psycopg2.InterfaceError("connection already closed")),
            "The database does not answer.",
        ),
        (of_server("57P01"), "The database does not answer."),
        (of_server("53100"), "The database has no room left, or no memory."),
        (OSError(errno.ENOSPC, "No space"), "The worker's disk is full."),
        (KeyError("x"), "Something unexpected happened (KeyError); the worker's log has the details."),
        (of_server("40P01"), "Something unexpected happened (Answer); the worker's log has the details."),
    ],
)
def test_reasons_are_in_words(error: Exception, reason: str) -> None:
    assert failures.reason_of(error) == reason


def test_an_outage_is_told_from_a_refusal(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(Exception, match="syntax") as caught:
        connection.execute(text("SELEC 1"))
    assert not is_unavailable(caught.value)
    assert not is_unavailable(IngestionError("x"))
    assert not is_out_of_resources(caught.value)
    with engine.connect() as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        with pytest.raises(OperationalError) as lost:
            connection.execute(text("SELECT 1"))
        assert is_unavailable(lost.value)


def test_what_the_database_is_asked_is_cancelled_from_another_thread(engine: Engine) -> None:
    timer = threading.Timer(0.3, cancel_running, [engine])
    with engine.connect() as connection:
        timer.start()
        with pytest.raises(OperationalError, match="canceling statement"):
            connection.execute(text("SELECT pg_sleep(60)"))
    timer.join()
