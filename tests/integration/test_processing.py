"""Processing as a use-case: what fails, what waits, and who keeps out of whose way."""

import datetime as dt

import pytest
from sqlalchemy import text

from db.engine import Sessions
from db.queries import jobs
from ingestion import finalization, grouping, loading, processing, uploads
from ingestion.csv_file.options import ParseOptions
from ingestion.errors import Conflict, QueueUnavailable, RefusedUpload, UnreadableFile
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.validation import ContactColumns
from ingestion.storage import Bucket
from tests.conftest import Submit
from tests.tables import tables_of
from tests.unit.csv_file.workbooks import workbook

CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\n"
UNSETTLED = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,\n"


def job(sessions: Sessions, job_id: int) -> dict[str, object]:
    with sessions() as session:
        return dict(session.execute(text("SELECT * FROM jobs WHERE id = :j"), {"j": job_id}).mappings().one())


PLAINLY = ParseOptions(ContactColumns(0), encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"email,first_name\n", "a header but no contacts"),
        ("email\nzoë@x.com\n".encode("latin-1"), "Line 2, column 3 holds the byte 0xEB"),
        (b'"email\nana@x.com\nbo@x.com\n', 'A quote (") opens in line 1'),
    ],
)
def test_a_file_that_turns_out_to_be_unreadable_fails_with_what_was_found_and_what_to_do(
    submit: Submit, sessions: Sessions, bucket: Bucket, content: bytes, said: str
) -> None:
    job_id = submit(content, options=PLAINLY)
    processing.process(sessions, bucket, job_id, max_attempts=5)
    found = job(sessions, job_id)
    assert found["status"] == JobStatus.FAILED
    assert said in str(found["error_message"])
    assert tables_of(sessions, job_id)["raw_rows"] == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name,phone\nAna,1\n", "to be decided first: no_email"),
        (b"email,first_name\n", "a header but no contacts"),
        (b"PK\x03\x04rest", "a ZIP archive"),
        (b"email" + b"," * 1700 + b"\nana@x.com" + b"," * 1700 + b"\n", "1,701 columns; at most 1,000"),
    ],
)
def test_a_file_that_is_no_contact_list_is_refused_before_it_is_stored(
    sessions: Sessions, bucket: Bucket, user_id: int, content: bytes, said: str
) -> None:
    with pytest.raises(UnreadableFile, match=said):
        uploads.submit(
            sessions,
            bucket,
            lambda _job, _key: None,
            user_id=user_id,
            filename="a.csv",
            content=content,
            max_bytes=10_000,
        )
    assert uploads.listed(sessions, user_id) == []


def test_nul_in_the_header_is_shown_as_what_cannot_be_stored(
    processed: Submit, sessions: Sessions, user_id: int
) -> None:
    job_id = processed(b"email,na\0me\nana@x.com,Ana\n", options=PLAINLY)

    assert uploads.get(sessions, user_id, job_id).columns == ("email", "na\ufffdme")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("contacts.pdf", b"x", "none of the files that are taken"),
        ("contacts.csv", b"", "is empty"),
        ("contacts.csv", b"x" * 5_000_001, "at most"),
    ],
)
def test_a_file_that_is_not_taken_leaves_nothing_behind(
    submit: Submit, sessions: Sessions, user_id: int, name: str, content: bytes, said: str
) -> None:
    with pytest.raises(RefusedUpload, match=said):
        submit(content, name=name, options=PLAINLY)
    assert uploads.listed(sessions, user_id) == []


def test_a_workbook_is_held_by_its_own_limit_whatever_it_is_called(
    sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    content = workbook({"May": [["email"], ["ana@x.com"]]})
    with pytest.raises(RefusedUpload, match="a workbook, which cannot be read piece by piece"):
        uploads.submit(
            sessions,
            bucket,
            lambda _job, _key: None,
            user_id=user_id,
            filename="contacts.csv",
            content=content,
            max_bytes=10 * len(content),
            max_workbook_bytes=len(content) - 1,
        )
    assert uploads.listed(sessions, user_id) == []


def test_an_upload_while_the_queue_is_down_waits_and_is_sent_later(
    sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    def down(_job: int, _key: str) -> None:
        raise QueueUnavailable

    job_id = uploads.submit(
        sessions, bucket, down, user_id=user_id, filename="a.csv", content=CLEAN, max_bytes=1_000
    )
    assert (job(sessions, job_id)["status"], job(sessions, job_id)["enqueued_at"]) == ("PENDING", None)
    hour = dt.timedelta(hours=1)
    assert processing.requeue_lost(sessions, down, lambda _job: None, waiting_longer_than=hour) == 0
    sent: list[int] = []
    requeued = processing.requeue_lost(
        sessions, lambda job, _key: sent.append(job), lambda _job: None, waiting_longer_than=hour
    )
    assert (requeued, sent) == (1, [job_id])


def test_an_interrupted_job_waits_for_its_retry_and_is_charged_no_attempt(
    submit: Submit, sessions: Sessions, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = submit(CLEAN)
    with monkeypatch.context() as patched:
        patched.setattr(Bucket, "local_copy", _unreachable)
        for _ in range(7):
            with pytest.raises(OSError, match="S3 is down"):
                processing.process(sessions, bucket, job_id, max_attempts=5)
    assert (job(sessions, job_id)["status"], job(sessions, job_id)["attempt"]) == ("PENDING", 0)
    processing.process(sessions, bucket, job_id, max_attempts=5)
    assert job(sessions, job_id)["status"] == JobStatus.COMPLETED


def _unreachable(_bucket: Bucket, _key: str) -> None:
    raise OSError("S3 is down")


def test_a_job_whose_workers_died_without_a_word_fails_after_its_attempts(
    submit: Submit, sessions: Sessions, bucket: Bucket
) -> None:
    job_id = submit(CLEAN)
    with sessions.begin() as session:
        session.execute(text("UPDATE jobs SET status = 'PROCESSING', attempt = 5"))
    processing.process(sessions, bucket, job_id, max_attempts=5)
    assert job(sessions, job_id)["status"] == JobStatus.FAILED
    assert "stopped 5 times" in str(job(sessions, job_id)["error_message"])


def test_retrying_a_failed_job_starts_afresh(
    submit: Submit, sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    job_id = submit(UNSETTLED)
    processing.fail(sessions, job_id, "The power went.")
    uploads.retry(sessions, lambda _job, _key: None, user_id, job_id)
    processing.process(sessions, bucket, job_id, max_attempts=5)
    found = job(sessions, job_id)
    assert (found["status"], found["error_message"], found["attempt"]) == ("NEEDS_REVIEW", None, 1)
    with pytest.raises(Conflict):
        uploads.retry(sessions, lambda _job, _key: None, user_id, job_id)


@pytest.mark.parametrize("status", sorted(set(JobStatus) - {JobStatus.FAILED}))
def test_only_a_failed_job_is_retried(
    submit: Submit, sessions: Sessions, user_id: int, status: JobStatus
) -> None:
    job_id = submit(CLEAN)
    with sessions.begin() as session:
        session.execute(text("UPDATE jobs SET status = :status, attempt = 3"), {"status": status})
    with pytest.raises(Conflict, match="Only a failed upload"):
        uploads.retry(sessions, lambda _job, _key: None, user_id, job_id)
    assert (job(sessions, job_id)["status"], job(sessions, job_id)["attempt"]) == (status, 3)


def test_a_job_that_somebody_works_on_is_left_alone(
    submit: Submit, sessions: Sessions, bucket: Bucket
) -> None:
    job_id = submit(CLEAN)
    with sessions.begin() as somebody:
        assert jobs.try_lock(somebody, job_id)
        processing.process(sessions, bucket, job_id, max_attempts=5)
        processing.fail(sessions, job_id, "It failed again and again.")
        assert job(sessions, job_id)["status"] == JobStatus.PENDING
    processing.process(sessions, bucket, job_id, max_attempts=5)
    processing.fail(sessions, job_id, "too late")
    finalization.give_up(sessions, job_id, "too late")
    assert (job(sessions, job_id)["status"], job(sessions, job_id)["error_message"]) == ("COMPLETED", None)


def test_an_upload_that_broke_off_is_failed_after_a_while(submit: Submit, sessions: Sessions) -> None:
    job_id = submit(CLEAN)
    with sessions.begin() as session:
        session.execute(text("UPDATE jobs SET status = 'UPLOADING', created_at = now() - interval '1 hour'"))
    nothing = dt.timedelta(hours=1)
    processing.requeue_lost(sessions, lambda _job, _key: None, lambda _job: None, waiting_longer_than=nothing)
    assert job(sessions, job_id)["status"] == JobStatus.FAILED
    assert "interrupted" in str(job(sessions, job_id)["error_message"])


def test_a_job_waiting_to_be_finalized_is_sent_again_at_the_same_rate_as_others(
    submit: Submit, sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    job_id = submit(UNSETTLED)
    processing.process(sessions, bucket, job_id, max_attempts=5)
    with sessions.begin() as session:
        session.execute(text("UPDATE issues SET status = 'RESOLVED'"))
        session.execute(text("UPDATE jobs SET conflict_count = 0, heartbeat_at = now() - interval '1 hour'"))
    finalization.request(sessions, lambda _job: None, user_id, job_id)
    with sessions.begin() as session:
        session.execute(text("UPDATE jobs SET enqueued_at = now() - interval '2 minutes'"))
    sent: list[int] = []
    for minutes, expected in ((5, []), (1, [job_id])):
        processing.requeue_lost(
            sessions, lambda _job, _key: None, sent.append, waiting_longer_than=dt.timedelta(minutes=minutes)
        )
        assert sent == expected


def test_groups_are_the_same_however_few_rows_are_read_back_at_once(
    processed: Submit, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two rows in three share one of 40 addresses; every other name is written with what COPY escapes.
    rows = [
        (f"e{at % 40 if at % 3 else at}@x.com", rf"A\na{at % 7}" if at // 40 % 2 else "Ana")
        for at in range(300)
    ]
    content = "email,first_name\n" + "".join(f"{email},{name}\n" for email, name in rows)
    whole = tables_of(sessions, processed(content.encode()))

    monkeypatch.setattr(grouping, "_ROWS_PER_LIST", 10)
    monkeypatch.setattr(loading, "_ROWS_SORTED", 50)
    monkeypatch.setattr(loading, "_ROWS_READ", 7)
    in_parts = tables_of(sessions, processed(content.encode()))

    assert len(whole["issue_rows"]) > 190
    assert in_parts == whole
