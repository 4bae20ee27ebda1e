"""What is counted of a job's way."""

import io

import pytest

from db.engine import Sessions
from db.queries import jobs, rows
from ingestion import export, intake, processing, working
from ingestion.errors import GivenUp, RetryLater, StorageUnavailable, UnreadableFile
from ingestion.failures import Kind
from ingestion.rules.lifecycle import PROCESS, JobStatus
from ingestion.storage import Bucket
from ingestion.telemetry import metrics
from ingestion.working import Attempts
from tests.conftest import Submit
from tests.integration.jobs import set_row
from tests.recorder import Recorder

CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\nbo@x.com,Bo,Li,Hooli\n"


class OutOfTime(BaseException):
    """What a worker gets whose task takes too long."""


class Stopped(BaseException):
    """What a worker gets that has to end."""


ATTEMPTS = Attempts(worker_id="w1", limit=2, first_pause=10, out_of_time=OutOfTime)
FAILURES, GIVEN_UP = metrics.FAILURES.name, (metrics.GIVEN_UP.name, "")
RETRIES, HANDED_BACK = (metrics.RETRIES.name, ""), (metrics.HANDED_BACK.name, "")


def fails_with(error: BaseException) -> working.Work:
    def work(*_: object) -> dict[str, object]:
        raise error

    return work


def test_a_clean_file_is_counted_from_its_arrival_to_its_contacts(
    recorder: Recorder, processed: Submit, sessions: Sessions, user_id: int
) -> None:
    job_id = processed(CLEAN)
    assert b"".join(export.open_contacts(sessions, user_id, job_id).chunks)
    counted = recorder.counted()
    assert counted["ingestion_uploads_total", "dashboard"] == 1
    assert counted["ingestion_upload_bytes_total", "dashboard"] == len(CLEAN)
    assert (counted["ingestion_files_total", ""], counted["ingestion_rows_total", ""]) == (1, 2)
    assert counted["ingestion_job_rows_per_second", ""] > 0
    assert counted["ingestion_job_wait_seconds", ""] >= 0
    stages = [stage for _, stage in recorder.of(metrics.STAGE_SECONDS)]
    assert stages == ["copy", "load", "duplicates", "analyze", "finalize", "export"]
    assert not recorder.of(metrics.FAILURES)


def test_a_file_that_came_straight_to_the_store_is_counted_once(
    recorder: Recorder, sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    with sessions.begin() as session:
        job_id = jobs.next_id(session)
        jobs.add(
            session,
            id=job_id,
            user_id=user_id,
            status=JobStatus.UPLOADING,
            original_filename="contacts.csv",
            file_key=f"uploads/u{user_id}/job-{job_id}.csv",
            file_size=len(CLEAN),
            file_sha256="unknown",
        )
    bucket.put(f"uploads/u{user_id}/job-{job_id}.csv", io.BytesIO(CLEAN), "text/csv")
    for _ in range(2):
        intake.arrived(sessions, bucket, lambda _job, _key: None, user_id=user_id, job_id=job_id)
    assert recorder.of(metrics.UPLOAD_BYTES) == [(len(CLEAN), "direct")]


@pytest.mark.parametrize(
    ("error", "raised", "expected"),
    [
        (UnreadableFile("It is a picture."), None, {(FAILURES, Kind.UNREADABLE_FILE): 1}),
        (
            StorageUnavailable("The file store does not answer."),
            RetryLater,
            {(FAILURES, Kind.FILE_STORE): 1, RETRIES: 1},
        ),
        (MemoryError(), RetryLater, {(FAILURES, Kind.OUT_OF_MEMORY): 1, RETRIES: 1}),
        (KeyError("x"), RetryLater, {(FAILURES, Kind.UNEXPECTED): 1, RETRIES: 1}),
        (OutOfTime(), GivenUp, {(FAILURES, Kind.OUT_OF_TIME): 1, GIVEN_UP: 1}),
        (Stopped(), Stopped, {HANDED_BACK: 1}),
    ],
)
def test_each_outcome_of_an_attempt_is_counted_by_its_kind(
    recorder: Recorder,
    submit: Submit,
    sessions: Sessions,
    error: BaseException,
    raised: type[BaseException] | None,
    expected: dict[tuple[str, str], float],
) -> None:
    job_id = submit(CLEAN)
    recorder.seen.clear()
    if raised is None:
        assert not working.attempt(sessions, job_id, PROCESS, ATTEMPTS, fails_with(error))
    else:
        with pytest.raises(raised):
            working.attempt(sessions, job_id, PROCESS, ATTEMPTS, fails_with(error))
    counted = recorder.counted()
    del counted[metrics.JOB_WAIT_SECONDS.name, ""]
    assert counted == expected


def test_the_last_failure_is_given_up_and_no_retry(
    recorder: Recorder, submit: Submit, sessions: Sessions
) -> None:
    job_id = submit(CLEAN)
    for raised in (RetryLater, GivenUp):
        with pytest.raises(raised):
            working.attempt(sessions, job_id, PROCESS, ATTEMPTS, fails_with(KeyError("x")))
    counted = recorder.counted()
    assert (counted[FAILURES, Kind.UNEXPECTED], counted[RETRIES], counted[GIVEN_UP]) == (2, 1, 1)


def test_a_job_whose_workers_died_is_given_up(recorder: Recorder, submit: Submit, sessions: Sessions) -> None:
    job_id = submit(CLEAN)
    set_row(sessions, job_id, "status = 'PROCESSING', attempt = 2")
    recorder.seen.clear()
    with pytest.raises(GivenUp):
        working.attempt(sessions, job_id, PROCESS, ATTEMPTS, fails_with(KeyError("x")))
    assert recorder.counted() == {(FAILURES, Kind.WORKER_DIED): 1, GIVEN_UP: 1}


def test_rows_that_are_dropped_in_the_end_are_not_counted(
    recorder: Recorder, submit: Submit, sessions: Sessions, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = submit(CLEAN)
    monkeypatch.setattr(rows, "analyze", lambda _: set_row(sessions, job_id, "deleted_at = now()"))
    processing.process(sessions, bucket, job_id)
    assert [stage for _, stage in recorder.of(metrics.STAGE_SECONDS)][-1] == "analyze"
    for metric in (metrics.FILES, metrics.ROWS, metrics.FAILURES):
        assert not recorder.of(metric)
