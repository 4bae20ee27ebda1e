"""The worker as a real process over a real queue: a job's way, and what survives a kill."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from db.engine import Sessions
from ingestion import finalization, processing
from ingestion.rules.lifecycle import JobStatus
from ingestion.storage import Bucket
from tests.conftest import VISIBILITY_SECONDS
from tests.contacts import write_contacts
from tests.integration.jobs import row_of, set_row
from tests.tables import tables_of
from tests.worker import Queue, Worker, eventually

CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\n"
UNSETTLED = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,\n"


@pytest.fixture
def queue(sqs: Queue) -> Queue:
    return sqs


@pytest.fixture
def worker(environment: dict[str, str], sessions: Sessions, tmp_path: Path) -> Iterator[Worker]:  # noqa: ARG001
    worker = Worker(environment, tmp_path / "worker.log")
    yield worker
    worker.kill()


@pytest.fixture
def submit(upload: Callable[[bytes], int]) -> Callable[[bytes], int]:
    return upload


def status_of(sessions: Sessions, job_id: int) -> JobStatus:
    with sessions() as session:
        return JobStatus(
            session.execute(text("SELECT status FROM jobs WHERE id = :j"), {"j": job_id}).scalar_one()
        )


def test_a_clean_file_goes_all_the_way(
    worker: Worker, queue: Queue, submit: Callable[[bytes], int], sessions: Sessions, user_id: int
) -> None:
    job_id = submit(CLEAN)
    assert status_of(sessions, job_id) is JobStatus.PENDING
    assert queue.next_message()["kwargs"] == {
        "job_id": job_id,
        "file_key": f"uploads/u{user_id}/job-{job_id}.csv",
    }
    worker.start()
    eventually(lambda: status_of(sessions, job_id) is JobStatus.COMPLETED, "completed")
    eventually(lambda: queue.waiting_and_taken() == (0, 0), "every message acknowledged")
    assert queue.dead_letters() == []


def test_a_reviewed_job_is_finalized_by_the_worker(
    worker: Worker, submit: Callable[[bytes], int], sessions: Sessions, user_id: int
) -> None:
    from tasks.enqueue import enqueue_finalize

    job_id = submit(UNSETTLED)
    worker.start()
    eventually(lambda: status_of(sessions, job_id) is JobStatus.NEEDS_REVIEW, "in review")
    with sessions.begin() as session:
        session.execute(text("UPDATE issues SET status = 'RESOLVED'"))
        session.execute(text("UPDATE jobs SET conflict_count = 0"))
    finalization.request(sessions, enqueue_finalize, user_id, job_id)
    eventually(lambda: status_of(sessions, job_id) is JobStatus.COMPLETED, "completed")


@pytest.mark.parametrize("table", ["raw_rows", "issues", "issue_rows"])
def test_a_job_whose_worker_was_killed_ends_as_if_nothing_had_been(
    worker: Worker,
    submit: Callable[[bytes], int],
    sessions: Sessions,
    bucket: Bucket,
    engine: Engine,
    tmp_path: Path,
    table: str,
) -> None:
    """Killed in the middle: while it loads the table, which somebody holds until the worker is dead."""
    file = tmp_path / "contacts.csv"
    truth = write_contacts(file, rows=38_000)
    undisturbed = submit(file.read_bytes())
    processing.process(sessions, bucket, undisturbed)

    killed = submit(file.read_bytes())
    with engine.connect() as somebody:
        somebody.execute(text(f"LOCK TABLE {table} IN EXCLUSIVE MODE"))
        worker.start()
        eventually(lambda: is_waiting_for(sessions, table), "loading")
        worker.kill()
        somebody.rollback()
    assert status_of(sessions, killed) is JobStatus.PROCESSING
    assert tables_of(sessions, killed)["raw_rows"] == []

    worker.start()
    eventually(lambda: status_of(sessions, killed) is JobStatus.NEEDS_REVIEW, "in review")
    assert tables_of(sessions, killed) == tables_of(sessions, undisturbed)
    with sessions() as session:
        attempts = session.execute(
            text("SELECT attempt, total_rows FROM jobs WHERE id = :j"), {"j": killed}
        ).one()
    assert tuple(attempts) == (2, truth.rows)


def test_a_killed_workers_job_is_taken_up_long_before_its_message_comes_again(
    worker: Worker, queue: Queue, submit: Callable[[bytes], int], sessions: Sessions, engine: Engine
) -> None:
    queue.hide_taken_messages_for(3600)
    with engine.connect() as somebody:
        somebody.execute(text("LOCK TABLE raw_rows IN EXCLUSIVE MODE"))
        job_id = submit(CLEAN)
        worker.start()
        eventually(lambda: is_waiting_for(sessions, "raw_rows"), "loading")
        worker.kill()
    worker.start()
    eventually(lambda: status_of(sessions, job_id) is JobStatus.COMPLETED, "completed")


def is_waiting_for(sessions: Sessions, table: str) -> bool:
    with sessions() as session:
        waiting = text("SELECT 1 FROM pg_locks WHERE relation = CAST(:table AS regclass) AND NOT granted")
        return session.execute(waiting, {"table": table}).first() is not None


def test_a_worker_that_is_told_to_stop_hands_its_job_back(
    worker: Worker, submit: Callable[[bytes], int], sessions: Sessions, tmp_path: Path
) -> None:
    file = tmp_path / "contacts.csv"
    write_contacts(file, rows=100_000)
    header, rows = file.read_bytes().split(b"\n", 1)
    job_id = submit(header + b"\n" + rows * 8)  # some seconds' work
    worker.start()
    eventually(lambda: status_of(sessions, job_id) is JobStatus.PROCESSING, "being processed")
    worker.stop()
    assert status_of(sessions, job_id) is JobStatus.PENDING
    assert tables_of(sessions, job_id)["raw_rows"] == []
    worker.start()
    eventually(lambda: status_of(sessions, job_id) is JobStatus.NEEDS_REVIEW, "in review")


def test_a_worker_that_is_told_to_stop_finishes_what_takes_a_moment_more(
    worker: Worker, queue: Queue, submit: Callable[[bytes], int], sessions: Sessions, engine: Engine
) -> None:
    with engine.connect() as somebody:
        somebody.execute(text("LOCK TABLE raw_rows IN EXCLUSIVE MODE"))
        job_id = submit(UNSETTLED)
        worker.start()
        eventually(lambda: is_waiting_for(sessions, "raw_rows"), "loading")
        worker.ask_to_stop()
        time.sleep(0.5)
    worker.wait()
    assert status_of(sessions, job_id) is JobStatus.NEEDS_REVIEW
    assert queue.waiting_and_taken() == (0, 0)


def test_a_worker_that_waits_for_the_database_when_it_is_told_to_stop_hands_its_job_back(
    worker: Worker, queue: Queue, submit: Callable[[bytes], int], sessions: Sessions, engine: Engine
) -> None:
    with engine.connect() as somebody:
        somebody.execute(text("LOCK TABLE issue_rows IN EXCLUSIVE MODE"))
        job_id = submit(CLEAN)
        worker.start()
        eventually(lambda: is_waiting_for(sessions, "issue_rows"), "loading")
        worker.stop()
        assert not is_waiting_for(sessions, "issue_rows")
    found = row_of(sessions, job_id)
    assert (found["status"], found["attempt"], found["worker_id"]) == (JobStatus.PENDING, 0, None)
    assert queue.waiting_and_taken() == (1, 0), "its message is not there for the next worker"


def test_a_worker_says_that_it_is_there_and_what_it_does(
    worker: Worker, submit: Callable[[bytes], int], sessions: Sessions, engine: Engine
) -> None:
    def workers() -> list[tuple[object, ...]]:
        with sessions() as session:
            found = session.execute(text("SELECT task, job_id, busy_since IS NOT NULL FROM workers"))
            return [tuple(row) for row in found]

    worker.start()
    eventually(lambda: workers() == [(None, None, False)], "there")
    with engine.connect() as somebody:
        somebody.execute(text("LOCK TABLE raw_rows IN EXCLUSIVE MODE"))
        job_id = submit(CLEAN)
        eventually(lambda: workers() == [("process_job", job_id, True)], "at work")
        eventually(lambda: is_waiting_for(sessions, "raw_rows"), "loading")
        with sessions() as session:
            held_by = "SELECT jobs.worker_id = workers.id FROM jobs, workers"
            assert session.execute(text(held_by)).scalar_one() is True
    eventually(lambda: workers() == [(None, None, False)], "idle again")
    worker.stop()
    assert workers() == []


def test_a_task_longer_than_the_visibility_timeout_keeps_its_message(
    worker: Worker, queue: Queue, submit: Callable[[bytes], int], sessions: Sessions, engine: Engine
) -> None:
    with engine.connect() as somebody:
        somebody.execute(text("LOCK TABLE raw_rows IN EXCLUSIVE MODE"))
        job_id = submit(CLEAN)
        worker.start()
        eventually(lambda: queue.waiting_and_taken() == (0, 1), "taken")
        slow_until = time.monotonic() + 2 * VISIBILITY_SECONDS + 1
        while time.monotonic() < slow_until:
            assert queue.waiting_and_taken() == (0, 1), "the message of a running task became visible"
            time.sleep(0.2)
        somebody.rollback()
    eventually(lambda: status_of(sessions, job_id) is JobStatus.COMPLETED, "completed")


def test_a_message_for_a_finished_job_does_nothing(
    worker: Worker, queue: Queue, submit: Callable[[bytes], int], sessions: Sessions
) -> None:
    from tasks.enqueue import enqueue_finalize, enqueue_process

    job_id = submit(UNSETTLED)
    worker.start()
    eventually(lambda: status_of(sessions, job_id) is JobStatus.NEEDS_REVIEW, "in review")
    before = tables_of(sessions, job_id)
    enqueue_process(job_id, "uploads/any.csv")
    enqueue_finalize(job_id)
    enqueue_process(job_id + 1000, "uploads/none.csv")
    deleted = submit(CLEAN)
    set_row(sessions, deleted, "deleted_at = now()")
    eventually(lambda: queue.waiting_and_taken() == (0, 0), "every message acknowledged")
    assert tables_of(sessions, job_id) == before
    assert queue.dead_letters() == []


def test_a_job_that_fails_to_the_last_retry_says_so_and_leaves_a_dead_letter(
    worker: Worker, queue: Queue, submit: Callable[[bytes], int], sessions: Sessions, engine: Engine
) -> None:
    from tasks.actors import process_job

    job_id = submit(CLEAN)
    queue.clear()
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE issue_rows RENAME TO mislaid"))
    try:
        process_job.send_with_options(kwargs={"job_id": job_id, "file_key": "any"}, max_retries=0)
        worker.start()
        eventually(lambda: status_of(sessions, job_id) is JobStatus.FAILED, "failed")
    finally:
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE mislaid RENAME TO issue_rows"))
    letters: list[Any] = []

    def has_arrived() -> bool:
        letters.extend(queue.dead_letters())
        return bool(letters)

    eventually(has_arrived, "a dead letter")  # it follows the status
    assert [letter["kwargs"]["job_id"] for letter in letters] == [job_id]


def test_a_job_whose_message_was_lost_is_sent_again(
    worker: Worker, queue: Queue, submit: Callable[[bytes], int], sessions: Sessions
) -> None:
    from tasks.requeue import requeue_lost

    job_id = submit(CLEAN)
    queue.clear()
    with sessions.begin() as session:
        session.execute(text("UPDATE jobs SET enqueued_at = now() - interval '1 hour'"))
    assert requeue_lost() == 1
    assert requeue_lost() == 0, "sent again at once, though the message is under way"
    worker.start()
    eventually(lambda: status_of(sessions, job_id) is JobStatus.COMPLETED, "completed")


def test_an_upload_that_nobody_sends_any_more_is_ended(
    submit: Callable[[bytes], int], sessions: Sessions
) -> None:
    from tasks.requeue import clean_up

    job_id = submit(CLEAN)
    with sessions.begin() as session:
        session.execute(
            text(
                "UPDATE jobs SET status = 'UPLOADING', upload_id = 'over',"
                " heartbeat_at = now() - interval '2 days'"
            )
        )
    clean_up()
    assert status_of(sessions, job_id) is JobStatus.FAILED
    with sessions() as session:
        assert session.scalar(text("SELECT upload_id FROM jobs")) is None
