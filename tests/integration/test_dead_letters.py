"""Dead letters and their jobs: what is told about them, what sending back and discarding do."""

import socket
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from db.engine import Sessions
from db.queries import jobs
from ingestion import dead_letters, finalization, processing
from ingestion.errors import InvalidDecision, NotAllowed, QueueUnavailable
from ingestion.letters import Letter
from ingestion.queue import JobQueue, make_queue
from ingestion.rules.letters import Answer
from ingestion.rules.lifecycle import JobStatus
from ingestion.senders import Senders
from ingestion.settings import Settings
from ingestion.storage import Bucket
from tests.conftest import Submit
from tests.letters import message
from tests.worker import Queue

CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\n"
UNSETTLED = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,\n"


@pytest.fixture
def queue(settings: Settings, sqs: Queue) -> JobQueue:  # noqa: ARG001  (emptied before)
    return make_queue(settings)


@pytest.fixture
def sent() -> list[tuple[str, int]]:
    """What the workers were asked to do."""
    return []


@pytest.fixture
def senders(sent: list[tuple[str, int]]) -> Senders:
    return Senders(
        process=lambda job_id, _key: sent.append(("process", job_id)),
        finalize=lambda job_id: sent.append(("finalize", job_id)),
    )


def set_job(sessions: Sessions, job_id: int, **values: Any) -> None:
    with sessions.begin() as session:
        jobs.change(session, job_id, **values)


def job_of(sessions: Sessions, job_id: int) -> tuple[JobStatus, str | None, int]:
    with sessions() as session:
        job = jobs.find(session, job_id)
        assert job is not None
        return JobStatus(job.status), job.error_message, job.attempt


def audit(sessions: Sessions) -> list[tuple[str, int, int | None, dict[str, Any]]]:
    with sessions() as session:
        found = session.execute(
            text("SELECT action, user_id, job_id, detail_json FROM audit_log ORDER BY id")
        )
        return [tuple(row) for row in found]


def only_letter(queue: JobQueue) -> Letter:
    (letter,) = queue.dead_letters()
    return letter


@pytest.fixture
def send_back(
    sessions: Sessions, queue: JobQueue, senders: Senders, administrator: int
) -> Callable[[], Answer]:
    """Sends the only letter back, as an administrator."""

    def send_back() -> Answer:
        (answer,) = dead_letters.send_back(sessions, queue, senders, administrator, queue.dead_letters())
        return answer

    return send_back


def test_a_letter_names_its_file_its_owner_its_error_and_what_sending_it_back_does(
    sessions: Sessions, queue: JobQueue, sqs: Queue, submit: Submit, administrator: int
) -> None:
    job_id = submit(CLEAN, name="spring fair.csv")
    set_job(sessions, job_id, status="FAILED", error_message="The file store did not answer.")
    sqs.bury(message(job_id))
    sqs.bury(message(job_id + 1))
    sqs.bury("nothing that can be read")

    found = {told.answer: told for told in dead_letters.listed(sessions, administrator, queue.dead_letters())}
    told = found[Answer.PROCESS]
    assert (told.filename, told.status, told.error) == (
        "spring fair.csv",
        JobStatus.FAILED,
        "The file store did not answer.",
    )
    assert (told.owner or "").startswith("Ana No")
    assert found[Answer.DELETED].error == "OSError: disk full"
    assert (found[Answer.NO_JOB].filename, found[Answer.NO_JOB].letter.job_id) == (None, None)


def test_a_failed_upload_is_processed_anew_whoever_owns_it(
    sessions: Sessions,
    send_back: Callable[[], Answer],
    queue: JobQueue,
    sqs: Queue,
    submit: Submit,
    bucket: Bucket,
    sent: list[tuple[str, int]],
    administrator: int,
) -> None:
    job_id = submit(CLEAN)
    set_job(sessions, job_id, status="FAILED", error_message="It failed.", attempt=5)
    message_id = sqs.bury(message(job_id))

    answer = send_back()

    assert answer is Answer.PROCESS
    assert job_of(sessions, job_id) == (JobStatus.PENDING, None, 0)
    assert sent == [("process", job_id)]
    assert queue.dead_letters() == []
    ((action, by, about, detail),) = audit(sessions)
    assert (action, by, about) == ("send_back_letter", administrator, job_id)
    assert detail == {
        "message_id": message_id,
        "actor": "process_job",
        "error": "OSError: disk full",
        "answer": "process",
    }
    processing.process(sessions, bucket, job_id)
    assert job_of(sessions, job_id)[0] is JobStatus.COMPLETED


def test_contacts_that_could_not_be_made_are_made_anew(
    sessions: Sessions,
    send_back: Callable[[], Answer],
    sqs: Queue,
    processed: Submit,
    sent: list[tuple[str, int]],
) -> None:
    job_id = processed(CLEAN)
    set_job(sessions, job_id, status="NEEDS_REVIEW", error_message="It failed.", attempt=5)
    sqs.bury(message(job_id, actor="finalize_job"))

    answer = send_back()

    assert answer is Answer.FINALIZE
    assert job_of(sessions, job_id) == (JobStatus.FINALIZING, None, 0)
    assert sent == [("finalize", job_id)]
    finalization.finalize(sessions, job_id)
    assert job_of(sessions, job_id)[0] is JobStatus.COMPLETED


def test_a_job_that_waits_gets_a_message_now(
    sessions: Sessions,
    send_back: Callable[[], Answer],
    sqs: Queue,
    submit: Submit,
    sent: list[tuple[str, int]],
) -> None:
    job_id = submit(CLEAN)
    with sessions.begin() as session:
        session.execute(text("UPDATE jobs SET attempt = 2, next_attempt_at = now() + interval '1 hour'"))
    sqs.bury(message(job_id))

    answer = send_back()

    assert answer is Answer.SEND
    assert job_of(sessions, job_id) == (JobStatus.PENDING, None, 2)
    assert sent == [("process", job_id)]
    with sessions() as session:
        assert session.execute(text("SELECT next_attempt_at FROM jobs")).scalar_one() is None


def test_a_letter_of_a_job_that_is_done_is_put_away_and_nothing_else(
    sessions: Sessions,
    send_back: Callable[[], Answer],
    queue: JobQueue,
    sqs: Queue,
    processed: Submit,
    sent: list[tuple[str, int]],
) -> None:
    job_id = processed(CLEAN)
    sqs.bury(message(job_id))
    answer = send_back()
    assert answer is Answer.DONE
    assert job_of(sessions, job_id)[0] is JobStatus.COMPLETED
    assert sent == []
    assert queue.dead_letters() == []
    assert [entry[3]["answer"] for entry in audit(sessions)] == ["done"]


def test_a_deleted_upload_stays_deleted(
    sessions: Sessions,
    send_back: Callable[[], Answer],
    sqs: Queue,
    submit: Submit,
    sent: list[tuple[str, int]],
) -> None:
    job_id = submit(CLEAN)
    with sessions.begin() as session:
        session.execute(text("UPDATE jobs SET status = 'FAILED', deleted_at = now()"))
    sqs.bury(message(job_id))
    answer = send_back()
    assert answer is Answer.DELETED
    assert job_of(sessions, job_id)[0] is JobStatus.FAILED
    assert sent == []


def test_a_job_that_is_worked_on_is_left_alone_and_so_is_its_letter(
    sessions: Sessions,
    queue: JobQueue,
    sqs: Queue,
    submit: Submit,
    senders: Senders,
    sent: list[tuple[str, int]],
    administrator: int,
) -> None:
    job_id = submit(CLEAN)
    sqs.bury(message(job_id))
    with sessions.begin() as worker:
        assert jobs.try_lock(worker, job_id)
        (told,) = dead_letters.listed(sessions, administrator, queue.dead_letters())
        (answer,) = dead_letters.send_back(sessions, queue, senders, administrator, [told.letter])
    assert told.answer is answer is Answer.WORKED_ON
    assert sent == []
    assert len(queue.dead_letters()) == 1
    assert audit(sessions) == []


def test_all_are_sent_back_and_those_without_an_answer_stay(
    sessions: Sessions,
    queue: JobQueue,
    sqs: Queue,
    submit: Submit,
    senders: Senders,
    sent: list[tuple[str, int]],
    administrator: int,
) -> None:
    failed = [submit(CLEAN), submit(CLEAN)]
    for job_id in failed:
        set_job(sessions, job_id, status="FAILED", error_message="It failed.")
        sqs.bury(message(job_id))
    sqs.bury(message(failed[0]))  # delivered twice, and failed twice
    unreadable = sqs.bury("nothing that can be read")
    letters = queue.dead_letters()

    answers = dead_letters.send_back(sessions, queue, senders, administrator, letters)

    assert sorted(answers) == sorted([Answer.PROCESS, Answer.PROCESS, Answer.SEND, Answer.NO_JOB])
    assert sorted(sent) == sorted(("process", job_id) for job_id in [*failed, failed[0]])
    assert [letter.message_id for letter in queue.dead_letters()] == [unreadable]


def test_sending_a_letter_back_twice_makes_nothing_twice(
    sessions: Sessions,
    queue: JobQueue,
    sqs: Queue,
    submit: Submit,
    bucket: Bucket,
    senders: Senders,
    sent: list[tuple[str, int]],
    administrator: int,
) -> None:
    job_id = submit(CLEAN)
    set_job(sessions, job_id, status="FAILED", error_message="It failed.")
    sqs.bury(message(job_id))
    letter = only_letter(queue)
    dead_letters.send_back(sessions, queue, senders, administrator, [letter])
    dead_letters.send_back(sessions, queue, senders, administrator, [letter])
    for _ in sent:
        processing.process(sessions, bucket, job_id)
    dead_letters.send_back(sessions, queue, senders, administrator, [letter])
    with sessions() as session:
        assert session.execute(text("SELECT count(*) FROM final_contacts")).scalar_one() == 1
        assert session.execute(text("SELECT count(*) FROM finalizations")).scalar_one() == 1


def test_without_a_queue_the_job_is_sent_later_by_itself(
    sessions: Sessions, queue: JobQueue, sqs: Queue, settings: Settings, submit: Submit, administrator: int
) -> None:
    job_id = submit(CLEAN)
    set_job(sessions, job_id, status="FAILED", error_message="It failed.")
    sqs.bury(message(job_id))
    letter = only_letter(queue)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    down = make_queue(settings.model_copy(update={"aws_endpoint_url": f"http://127.0.0.1:{port}"}))

    def refuse(_job: int, _key: str = "") -> None:
        raise QueueUnavailable("The queue does not answer.")

    with pytest.raises(QueueUnavailable):
        dead_letters.send_back(sessions, down, Senders(refuse, refuse), administrator, [letter])

    assert job_of(sessions, job_id)[0] is JobStatus.PENDING
    with sessions() as session:
        assert session.execute(text("SELECT enqueued_at FROM jobs")).scalar_one() is None
    assert only_letter(queue) == letter


def test_discarding_keeps_the_reason_and_leaves_the_job_as_it_is(
    sessions: Sessions, queue: JobQueue, sqs: Queue, submit: Submit, administrator: int
) -> None:
    job_id = submit(CLEAN)
    set_job(sessions, job_id, status="FAILED", error_message="It failed.")
    ids = [sqs.bury(message(job_id, actor="\0\ud800")), sqs.bury("nothing that can be read")]

    dead_letters.discard(sessions, queue, administrator, queue.dead_letters(), "  sent by \n\0 mistake ")

    assert job_of(sessions, job_id)[0] is JobStatus.FAILED
    assert queue.dead_letters() == []
    entries = audit(sessions)
    assert {(entry[0], entry[1]) for entry in entries} == {("discard_letter", administrator)}
    assert {entry[2] for entry in entries} == {job_id, None}
    assert {entry[3]["message_id"] for entry in entries} == set(ids)
    assert {entry[3]["reason"] for entry in entries} == {"sent by mistake"}


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 501])
def test_a_letter_is_not_discarded_without_a_reason_that_can_be_kept(
    sessions: Sessions, queue: JobQueue, sqs: Queue, administrator: int, reason: str
) -> None:
    sqs.bury(message())
    with pytest.raises(InvalidDecision):
        dead_letters.discard(sessions, queue, administrator, queue.dead_letters(), reason)
    assert len(queue.dead_letters()) == 1


def test_only_administrators_see_letters_and_answer_them(
    sessions: Sessions,
    queue: JobQueue,
    sqs: Queue,
    submit: Submit,
    senders: Senders,
    sent: list[tuple[str, int]],
    user_id: int,
) -> None:
    job_id = submit(CLEAN)
    set_job(sessions, job_id, status="FAILED", error_message="It failed.")
    sqs.bury(message(job_id))
    letter = only_letter(queue)
    with pytest.raises(NotAllowed):
        dead_letters.received(sessions, queue, user_id)
    with pytest.raises(NotAllowed):
        dead_letters.listed(sessions, user_id, [letter])
    with pytest.raises(NotAllowed):
        dead_letters.send_back(sessions, queue, senders, user_id, [letter])
    with pytest.raises(NotAllowed):
        dead_letters.discard(sessions, queue, user_id, [letter], "because")
    assert job_of(sessions, job_id)[0] is JobStatus.FAILED
    assert (sent, audit(sessions), len(queue.dead_letters())) == ([], [], 1)
