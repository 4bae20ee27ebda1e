"""The Lambda that works on the queue's messages: which of them come again, and what becomes of the others."""

import errno
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import boto3
import psycopg2
import pytest
from botocore.config import Config
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from db.engine import Sessions
from db.queries import jobs
from ingestion import placing, processing
from ingestion.errors import StorageUnavailable
from ingestion.rules.lifecycle import JobStatus
from ingestion.settings import Settings
from ingestion.storage import Bucket
from local.ports import free_port
from tests.conftest import Upload
from tests.integration.jobs import row_of, set_row
from tests.lambda_events import Context, EventSourceMapping, ids
from tests.letters import message
from tests.worker import Queue, Worker, eventually

CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\n"
UNSETTLED = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,\n"
MB = 1024 * 1024
PACKED = '{"is_compressed": true}'


@pytest.fixture
def queue(sqs: Queue) -> Queue:
    return sqs


@pytest.fixture
def mapping(settings: Settings, upload: Upload) -> EventSourceMapping:  # noqa: ARG001  (with the environment)
    return EventSourceMapping(settings, settings.sqs_queue_name)


@pytest.fixture
def invoke(mapping: EventSourceMapping) -> Callable[..., list[str]]:
    """Has the Lambda work on an event; gives the ids of messages that come again."""
    from tasks import lambda_handler

    return lambda event, seconds=300.0: mapping.settle(event, lambda_handler.process(event, Context(seconds)))


@pytest.fixture
def workers(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    upload: Upload,  # noqa: ARG001  (with the environment)
    large_files: Queue,
) -> Queue:
    """The queue of workers, to which the Lambda leaves files above a megabyte."""
    from tasks.serverless import batch

    theirs = {"sqs_large_file_queue_name": "large-files", "lambda_max_file_mb": 1}
    monkeypatch.setattr(batch, "settings", settings.model_copy(update=theirs))
    return large_files


def status_of(sessions: Sessions, job_id: int) -> object:
    return row_of(sessions, job_id)["status"]


def unreadable(monkeypatch: pytest.MonkeyPatch, *job_ids: int) -> None:
    """Has the store fail for the files of these jobs."""
    local_copy = Bucket.local_copy

    def failing(bucket: Bucket, key: str) -> AbstractContextManager[Path]:
        if any(f"job-{job_id}." in key for job_id in job_ids):
            raise StorageUnavailable("The file store does not answer.")
        return local_copy(bucket, key)

    monkeypatch.setattr(Bucket, "local_copy", failing)


def test_of_ten_messages_exactly_the_two_that_failed_come_again(
    upload: Upload,
    mapping: EventSourceMapping,
    invoke: Callable[..., list[str]],
    sessions: Sessions,
    queue: Queue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ten = [upload(CLEAN if number % 2 else UNSETTLED) for number in range(10)]
    event = mapping.batch(10)
    with monkeypatch.context() as patched:
        unreadable(patched, ten[3], ten[8])
        assert set(invoke(event)) == ids(event, ten[3], ten[8])
    ends = {False: JobStatus.NEEDS_REVIEW, True: JobStatus.COMPLETED}
    expected = {job_id: ends[bool(number % 2)] for number, job_id in enumerate(ten)}
    expected[ten[3]] = expected[ten[8]] = JobStatus.PENDING
    assert {job_id: status_of(sessions, job_id) for job_id in ten} == expected
    assert row_of(sessions, ten[3])["error_message"] == "The file store does not answer."
    # They come when the jobs are due, and then the store is there.
    again = mapping.batch(2)
    assert {record["attributes"]["ApproximateReceiveCount"] for record in again["Records"]} == {"2"}
    assert invoke(again) == []
    assert status_of(sessions, ten[3]) == JobStatus.COMPLETED
    assert status_of(sessions, ten[8]) == JobStatus.NEEDS_REVIEW
    assert queue.waiting_and_taken() == (0, 0)
    assert queue.dead_letters() == []


@pytest.mark.parametrize(("pause", "waiting_and_taken"), [(0.0, (1, 0)), (59.2, (0, 1))])
def test_a_message_that_comes_again_is_hidden_until_then(
    upload: Upload,
    mapping: EventSourceMapping,
    queue: Queue,
    settings: Settings,
    pause: float,
    waiting_and_taken: tuple[int, int],
) -> None:
    from tasks.broker import broker
    from tasks.serverless.deliveries import Delivery, Fate, Outcome, Post

    upload(CLEAN)
    delivery = Delivery.of(mapping.batch(1)["Records"][0])
    post = Post(broker.sqs.meta.client, settings.dead_letter_queue_name, None)
    assert post.settle(delivery, Outcome(Fate.AGAIN, pause))
    assert queue.waiting_and_taken() == waiting_and_taken


def test_a_message_received_for_the_last_time_is_replaced_by_a_new_one(
    upload: Upload,
    mapping: EventSourceMapping,
    invoke: Callable[..., list[str]],
    sessions: Sessions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SQS would make it a dead letter, though its job has attempts left."""
    job_id = upload(CLEAN)
    event = mapping.batch(1)
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "3"
    with monkeypatch.context() as patched:
        unreadable(patched, job_id)
        assert invoke(event) == []
    new = mapping.batch(1)
    assert new["Records"][0]["messageId"] != event["Records"][0]["messageId"]
    assert new["Records"][0]["body"] == event["Records"][0]["body"]
    assert new["Records"][0]["attributes"]["ApproximateReceiveCount"] == "1"
    assert invoke(new) == []
    assert status_of(sessions, job_id) == JobStatus.COMPLETED


def test_the_message_of_a_job_that_is_given_up_is_a_dead_letter(
    upload: Upload,
    mapping: EventSourceMapping,
    invoke: Callable[..., list[str]],
    sessions: Sessions,
    queue: Queue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job_id = upload(CLEAN)
    set_row(sessions, job_id, "attempt = 4, error_message = 'the fourth time'")
    unreadable(monkeypatch, job_id)
    assert invoke(mapping.batch(1)) == []
    assert status_of(sessions, job_id) == JobStatus.FAILED
    assert [letter["kwargs"]["job_id"] for letter in queue.dead_letters()] == [job_id]
    assert queue.waiting_and_taken() == (0, 0)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("no base64", id="not base64"),
        pytest.param("bm8ganNvbg==", id="not JSON"),
        pytest.param(message(actor="send_mail"), id="an unknown task"),
        pytest.param(message(job_id=None), id="no job"),
        pytest.param(message(job_id=2**63), id="no id that a job may have"),
        pytest.param(message(actor="finalize_job"), id="arguments of another task"),
    ],
)
def test_a_message_that_nobody_can_work_on_is_a_dead_letter_and_keeps_no_other(
    upload: Upload,
    mapping: EventSourceMapping,
    invoke: Callable[..., list[str]],
    sessions: Sessions,
    queue: Queue,
    body: str,
) -> None:
    job_id = upload(CLEAN)
    queue.send(body)
    assert invoke(mapping.batch(2)) == []
    assert status_of(sessions, job_id) == JobStatus.COMPLETED
    assert queue.count_dead_letters() == 1
    assert queue.waiting_and_taken() == (0, 0)


def test_a_job_that_somebody_works_on_or_that_is_past_the_step_is_left_alone(
    upload: Upload,
    mapping: EventSourceMapping,
    invoke: Callable[..., list[str]],
    sessions: Sessions,
    queue: Queue,
) -> None:
    taken, done, deleted = upload(CLEAN), upload(CLEAN), upload(CLEAN)
    set_row(sessions, done, "status = 'COMPLETED', total_rows = 7")
    set_row(sessions, deleted, "deleted_at = now()")
    with sessions.begin() as somebody:
        assert jobs.try_lock(somebody, taken)
        assert invoke(mapping.batch(3)) == []
    assert [status_of(sessions, job_id) for job_id in (taken, done, deleted)] == [
        JobStatus.PENDING,
        JobStatus.COMPLETED,
        JobStatus.PENDING,
    ]
    assert row_of(sessions, done)["total_rows"] == 7
    assert (queue.waiting_and_taken(), queue.dead_letters()) == ((0, 0), [])


def test_a_reviewed_job_is_finalized(
    upload: Upload, mapping: EventSourceMapping, invoke: Callable[..., list[str]], sessions: Sessions
) -> None:
    from tasks.enqueue import enqueue_finalize

    job_id = upload(UNSETTLED)
    assert invoke(mapping.batch(1)) == []
    with sessions.begin() as session:
        session.execute(text("UPDATE issues SET status = 'RESOLVED'"))
    set_row(sessions, job_id, "status = 'FINALIZING', conflict_count = 0, attempt = 0")
    enqueue_finalize(job_id)
    assert invoke(mapping.batch(1)) == []
    assert status_of(sessions, job_id) == JobStatus.COMPLETED


@pytest.mark.parametrize(
    "large",
    [
        pytest.param("file_size = 1048577", id="a large file"),
        pytest.param(f"file_size = 104858, parse_options = parse_options || '{PACKED}'", id="packed"),
        pytest.param("attempt = 1", id="one that ended its Lambda"),
        pytest.param(
            "started_at = now() - interval '3 minutes', heartbeat_at = now()", id="one that was read for long"
        ),
        pytest.param("status = 'FINALIZING', total_rows = 10486", id="many rows to finalize"),
    ],
)
def test_what_is_too_large_is_left_to_workers_by_their_own_queue(
    upload: Upload,
    mapping: EventSourceMapping,
    invoke: Callable[..., list[str]],
    sessions: Sessions,
    queue: Queue,
    workers: Queue,
    large: str,
) -> None:
    job_id, small = upload(CLEAN), upload(CLEAN)
    set_row(sessions, job_id, large)
    before = row_of(sessions, job_id)
    assert invoke(mapping.batch(2)) == []
    assert status_of(sessions, small) == JobStatus.COMPLETED
    assert row_of(sessions, job_id) == before
    left = workers.next_message()
    assert (left["queue_name"], left["kwargs"]["job_id"]) == ("large-files", job_id)
    assert workers.waiting_and_taken() == (1, 0)
    assert queue.waiting_and_taken() == (0, 0)


def test_workers_of_the_large_files_take_what_is_left_to_them(
    upload: Upload,
    mapping: EventSourceMapping,
    invoke: Callable[..., list[str]],
    sessions: Sessions,
    queue: Queue,
    workers: Queue,
    environment: dict[str, str],
    settings: Settings,
    tmp_path: Path,
) -> None:
    job_id, given_up = upload(CLEAN), upload(CLEAN)
    set_row(sessions, job_id, "file_size = 1048577")
    set_row(sessions, given_up, "file_size = 1048577, attempt = 5")
    assert invoke(mapping.batch(2)) == []
    names = {
        "SQS_QUEUE_NAME": "large-files",
        "SQS_LARGE_FILE_QUEUE_NAME": "large-files",
        "SQS_DEAD_LETTER_QUEUE_NAME": settings.dead_letter_queue_name,
    }
    worker = Worker({**environment, **names}, tmp_path / "worker.log")
    worker.start()
    try:
        eventually(lambda: status_of(sessions, job_id) == JobStatus.COMPLETED, "completed")
        eventually(lambda: status_of(sessions, given_up) == JobStatus.FAILED, "given up")
        eventually(lambda: workers.waiting_and_taken() == (0, 0), "every message acknowledged")
    finally:
        worker.kill()
    assert [letter["kwargs"]["job_id"] for letter in queue.dead_letters()] == [given_up]


def test_without_such_workers_a_large_file_is_tried_all_the_same(
    upload: Upload, mapping: EventSourceMapping, invoke: Callable[..., list[str]], sessions: Sessions
) -> None:
    job_id = upload(CLEAN)
    set_row(sessions, job_id, f"file_size = {1_000 * MB}")
    assert invoke(mapping.batch(1)) == []
    assert status_of(sessions, job_id) == JobStatus.COMPLETED


def test_when_the_time_is_over_what_was_not_begun_comes_again_at_once(
    upload: Upload,
    mapping: EventSourceMapping,
    invoke: Callable[..., list[str]],
    sessions: Sessions,
    queue: Queue,
) -> None:
    large, small, middle = upload(CLEAN), upload(CLEAN), upload(CLEAN)
    set_row(sessions, large, "file_size = 3000")
    set_row(sessions, middle, "file_size = 2000")
    event = mapping.batch(3)
    assert set(invoke(event, seconds=40.0)) == ids(event, large, middle)
    assert [status_of(sessions, job_id) for job_id in (small, middle, large)] == [
        JobStatus.COMPLETED,
        JobStatus.PENDING,
        JobStatus.PENDING,
    ]
    assert queue.waiting_and_taken() == (2, 0)


@pytest.fixture
def held(engine: Engine, mapping: EventSourceMapping) -> Iterator[None]:  # noqa: ARG001  (made before)
    """Somebody holds a table that every file needs."""
    with engine.begin() as somebody:
        somebody.execute(text("LOCK TABLE raw_rows IN ACCESS EXCLUSIVE MODE"))
        yield


@pytest.mark.usefixtures("held")
def test_a_job_begun_late_is_interrupted_and_gets_a_new_turn(
    upload: Upload, mapping: EventSourceMapping, invoke: Callable[..., list[str]], sessions: Sessions
) -> None:
    job_id = upload(CLEAN)
    event = mapping.batch(1)
    assert set(invoke(event, seconds=16.0)) == ids(event, job_id)
    found = row_of(sessions, job_id)
    assert (found["status"], found["attempt"], found["worker_id"]) == (JobStatus.PENDING, 0, None)


@pytest.mark.usefixtures("held")
def test_a_job_that_needs_more_than_a_lambda_has_is_left_to_workers(
    upload: Upload,
    mapping: EventSourceMapping,
    invoke: Callable[..., list[str]],
    sessions: Sessions,
    workers: Queue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tasks.serverless import attempts

    monkeypatch.setattr(attempts, "TO_HAND_BACK", 0.0)
    job_id = upload(CLEAN)
    assert invoke(mapping.batch(1), seconds=5.0) == []
    assert (status_of(sessions, job_id), row_of(sessions, job_id)["attempt"]) == (JobStatus.PENDING, 0)
    assert workers.next_message()["kwargs"]["job_id"] == job_id


@pytest.mark.usefixtures("held")
def test_without_such_workers_it_fails_and_says_what_to_do(
    upload: Upload,
    mapping: EventSourceMapping,
    invoke: Callable[..., list[str]],
    sessions: Sessions,
    queue: Queue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tasks.serverless import attempts

    monkeypatch.setattr(attempts, "TO_HAND_BACK", 0.0)
    job_id = upload(CLEAN)
    assert invoke(mapping.batch(1), seconds=5.0) == []
    assert status_of(sessions, job_id) == JobStatus.FAILED
    assert "SQS_LARGE_FILE_QUEUE_NAME" in str(row_of(sessions, job_id)["error_message"])
    assert queue.count_dead_letters() == 1


def test_a_disk_that_is_full_is_no_reason_to_try_it_in_a_lambda_again(
    upload: Upload,
    mapping: EventSourceMapping,
    invoke: Callable[..., list[str]],
    sessions: Sessions,
    workers: Queue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Bucket, "local_copy", full)
    job_id = upload(CLEAN)
    assert invoke(mapping.batch(1)) == []
    assert row_of(sessions, job_id)["error_message"] == "The worker's disk is full."
    assert sum(workers.waiting_and_taken()) == 1


def test_while_the_database_does_not_answer_every_message_comes_again_but_what_is_broken_is_said(
    upload: Upload,
    mapping: EventSourceMapping,
    invoke: Callable[..., list[str]],
    queue: Queue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lost(*_: object) -> None:
        raise OperationalError("SELECT", {}, psycopg2.OperationalError("no route"))

    def broken(*_: object) -> None:
        raise KeyError("x")

    upload(CLEAN)
    upload(CLEAN)
    event = mapping.batch(2)
    with monkeypatch.context() as patched:
        patched.setattr(placing, "due", lost)
        assert len(invoke(event)) == 2
        patched.setattr(placing, "due", broken)
        with pytest.raises(KeyError):
            invoke(event)
    assert queue.dead_letters() == []


def test_a_surprise_outside_of_a_job_is_left_to_the_queue_to_count(
    upload: Upload,
    mapping: EventSourceMapping,
    invoke: Callable[..., list[str]],
    queue: Queue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("x")

    job_id = upload(CLEAN)
    event = mapping.batch(1)
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "3"
    monkeypatch.setattr(processing, "process", broken)
    assert set(invoke(event)) == ids(event, job_id)
    assert queue.waiting_and_taken() == (0, 1)


def test_what_the_queue_does_not_take_comes_again(
    upload: Upload,  # noqa: ARG001  (with the environment)
    settings: Settings,
) -> None:
    from tasks.serverless.deliveries import Delivery, Fate, Outcome, Post

    nobody = boto3.client(
        "sqs",
        endpoint_url=f"http://127.0.0.1:{free_port()}",
        config=Config(retries={"total_max_attempts": 1}),
        **settings.aws_account,
    )
    post = Post(nobody, settings.dead_letter_queue_name, "large-files")
    delivery = Delivery("1", "receipt", message(), 1, settings.sqs_queue_name)
    post.keep([delivery], 300)
    assert all(post.settle(delivery, Outcome(fate)) for fate in (Fate.AGAIN, Fate.DEAD, Fate.LARGE))
    assert not post.settle(delivery, Outcome(Fate.DONE))


@pytest.mark.parametrize(("waits_for_workers", "is_sent_again"), [(True, False), (False, True)])
def test_a_large_file_is_not_lost_while_its_message_waits_for_a_worker(
    upload: Upload,
    sessions: Sessions,
    queue: Queue,
    workers: Queue,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    waits_for_workers: bool,
    is_sent_again: bool,
) -> None:
    from tasks import requeue

    of_lambda = settings.model_copy(update={"sqs_large_file_queue_name": "large-files"})
    of_workers = of_lambda.model_copy(update={"sqs_queue_name": "large-files"})
    monkeypatch.setattr(requeue, "settings", of_lambda)
    job_id = upload(CLEAN)
    queue.clear()
    set_row(sessions, job_id, "enqueued_at = now() - interval '1 minute'")
    if waits_for_workers:
        workers.send(message(job_id))
    assert requeue.requeue_lost() == is_sent_again
    monkeypatch.setattr(requeue, "settings", of_workers)
    set_row(sessions, job_id, "enqueued_at = now() - interval '1 minute'")
    assert (
        requeue.requeue_lost() == 0
    )  # it may wait in the queue of the Lambda, which these workers do not see
