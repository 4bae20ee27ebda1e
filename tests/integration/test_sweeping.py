"""What was lost is found: dead workers, messages that are gone, uploads that broke off."""

import datetime as dt

import pytest

from db.engine import Sessions
from db.queries import jobs
from ingestion import sweeping, uploads, viewing
from ingestion.errors import QueueUnavailable, StorageUnavailable
from ingestion.rules.lifecycle import JobStatus
from ingestion.senders import Senders
from ingestion.storage import Bucket
from tests.conftest import Submit
from tests.integration.jobs import row_of, set_row

CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\n"
HOUR = dt.timedelta(hours=1)


class Sent:
    """What was sent to the workers."""

    def __init__(self, *, is_down: bool = False) -> None:
        self.processed: list[int] = []
        self.finalized: list[int] = []
        self.is_down = is_down

    def senders(self) -> Senders:
        return Senders(
            lambda job, _key: self._send(self.processed, job), lambda job: self._send(self.finalized, job)
        )

    def _send(self, to: list[int], job_id: int) -> None:
        if self.is_down:
            raise QueueUnavailable
        to.append(job_id)


@pytest.fixture
def sent() -> Sent:
    return Sent()


def sweep(sessions: Sessions, bucket: Bucket, sent: Sent, longer_than: dt.timedelta = HOUR) -> int:
    return sweeping.sweep(sessions, bucket, sent.senders(), waiting_longer_than=longer_than)


def test_an_upload_while_the_queue_is_down_waits_and_is_sent_later(
    sessions: Sessions, bucket: Bucket, user_id: int, sent: Sent
) -> None:
    sent.is_down = True
    job_id = uploads.submit(
        sessions,
        bucket,
        sent.senders().process,
        user_id=user_id,
        filename="a.csv",
        content=CLEAN,
        max_bytes=1_000,
    )
    assert (row_of(sessions, job_id)["status"], row_of(sessions, job_id)["enqueued_at"]) == ("PENDING", None)
    assert sweep(sessions, bucket, sent) == 0
    assert row_of(sessions, job_id)["enqueued_at"] is None
    sent.is_down = False
    assert (sweep(sessions, bucket, sent), sent.processed) == (1, [job_id])
    assert sweep(sessions, bucket, sent) == 0


@pytest.mark.parametrize(("status", "waits_in"), [("PROCESSING", "PENDING"), ("FINALIZING", "FINALIZING")])
def test_the_job_of_a_dead_worker_is_sent_at_once_and_that_of_a_living_one_is_not(
    submit: Submit, sessions: Sessions, bucket: Bucket, sent: Sent, status: str, waits_in: str
) -> None:
    job_id = submit(CLEAN)
    set_row(sessions, job_id, f"status = '{status}', worker_id = 'w1', taken_at = now(), attempt = 1")
    with sessions.begin() as worker:
        assert jobs.try_lock(worker, job_id)
        assert sweep(sessions, bucket, sent) == 0
        assert row_of(sessions, job_id)["worker_id"] == "w1"
    assert sweep(sessions, bucket, sent) == 1
    assert sent.processed + sent.finalized == [job_id]
    found = row_of(sessions, job_id)
    assert (found["status"], found["worker_id"], found["attempt"]) == (waits_in, None, 1)
    assert sweep(sessions, bucket, sent) == 0


def test_a_job_whose_worker_finished_while_we_looked_is_left_as_it_is(
    submit: Submit, sessions: Sessions, bucket: Bucket, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = submit(CLEAN)
    set_row(sessions, job_id, "status = 'COMPLETED'")
    monkeypatch.setattr(jobs, "being_worked_on", lambda _session: [job_id])
    assert sweep(sessions, bucket, sent) == 0
    assert row_of(sessions, job_id)["status"] == JobStatus.COMPLETED


@pytest.mark.parametrize("status", ["PENDING", "FINALIZING"])
def test_a_job_whose_message_is_gone_is_sent_once_in_a_while(
    submit: Submit, sessions: Sessions, bucket: Bucket, sent: Sent, status: str
) -> None:
    job_id = submit(CLEAN)
    set_row(sessions, job_id, f"status = '{status}', enqueued_at = now() - interval '2 minutes'")
    for minutes, expected in ((5, 0), (1, 1), (1, 0)):
        assert sweep(sessions, bucket, sent, dt.timedelta(minutes=minutes)) == expected
    assert sent.processed + sent.finalized == [job_id]


def test_a_job_that_waits_for_its_next_attempt_is_not_sent_before_it(
    submit: Submit, sessions: Sessions, bucket: Bucket, sent: Sent
) -> None:
    job_id = submit(CLEAN)
    set_row(sessions, job_id, "enqueued_at = now() + interval '1 minute', attempt = 1")
    assert sweep(sessions, bucket, sent, dt.timedelta(seconds=1)) == 0


def test_of_several_that_look_at_once_one_does(
    submit: Submit, sessions: Sessions, bucket: Bucket, sent: Sent
) -> None:
    job_id = submit(CLEAN)
    set_row(sessions, job_id, "enqueued_at = NULL")
    with sessions.begin() as somebody:
        assert jobs.try_lock_sweep(somebody)
        assert sweep(sessions, bucket, sent) == 0
    assert sweep(sessions, bucket, sent) == 1


@pytest.mark.parametrize("status", ["UPLOADING", "PENDING", "PROCESSING", "FINALIZING"])
def test_a_deleted_job_is_not_looked_for(
    submit: Submit, sessions: Sessions, bucket: Bucket, sent: Sent, status: str
) -> None:
    job_id = submit(CLEAN)
    set_row(
        sessions,
        job_id,
        f"status = '{status}', deleted_at = now(), enqueued_at = NULL, created_at = now() - interval '1 day'",
    )
    assert sweep(sessions, bucket, sent) == 0
    assert row_of(sessions, job_id)["status"] == status


def interrupted(submit: Submit, sessions: Sessions) -> int:
    """An upload whose dashboard ended an hour ago, before it had said that the file is there."""
    job_id = submit(CLEAN)
    set_row(
        sessions, job_id, "status = 'UPLOADING', enqueued_at = NULL, created_at = now() - interval '1 hour'"
    )
    return job_id


def test_an_upload_that_broke_off_before_its_file_was_there_fails(
    submit: Submit, sessions: Sessions, bucket: Bucket, sent: Sent
) -> None:
    job_id = interrupted(submit, sessions)
    bucket.delete(str(row_of(sessions, job_id)["file_key"]))
    assert sweep(sessions, bucket, sent) == 0
    assert row_of(sessions, job_id)["status"] == JobStatus.FAILED
    assert "Upload the file again" in str(row_of(sessions, job_id)["error_message"])


def test_an_upload_that_broke_off_after_its_file_was_there_goes_on(
    submit: Submit, sessions: Sessions, bucket: Bucket, sent: Sent
) -> None:
    job_id = interrupted(submit, sessions)
    assert (sweep(sessions, bucket, sent), sent.processed) == (1, [job_id])
    assert row_of(sessions, job_id)["status"] == JobStatus.PENDING


def test_an_upload_that_broke_off_and_was_sent_again_does_not_come_twice(
    submit: Submit, sessions: Sessions, bucket: Bucket, user_id: int, sent: Sent
) -> None:
    interrupted(submit, sessions)
    again = submit(CLEAN)
    assert sweep(sessions, bucket, sent) == 0
    assert [upload.id for upload in viewing.listed(sessions, user_id)] == [again]


def test_an_upload_that_broke_off_waits_while_the_store_does_not_answer(
    submit: Submit, sessions: Sessions, bucket: Bucket, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id, waiting = interrupted(submit, sessions), submit(CLEAN)
    set_row(sessions, waiting, "enqueued_at = NULL")

    def unavailable(*_: object) -> int:
        raise StorageUnavailable

    monkeypatch.setattr(Bucket, "size", unavailable)
    with pytest.raises(StorageUnavailable):
        sweep(sessions, bucket, sent)
    assert row_of(sessions, job_id)["status"] == JobStatus.UPLOADING
    assert sent.processed == [waiting], "what needs no store was not done"
