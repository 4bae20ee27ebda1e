"""What the installation says about itself."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from db.engine import Sessions
from db.queries import jobs
from ingestion import operations, throughput
from ingestion.errors import NotAllowed
from ingestion.queue import make_queue
from ingestion.rules.stuck import Stuck
from ingestion.settings import Settings
from ingestion.throughput import Span
from tests.conftest import Submit
from tests.worker import Queue

CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\nbo@x.com,Bo,Li,Hooli\n"


def run(sessions: Sessions, statement: str) -> None:
    with sessions.begin() as session:
        session.execute(text(statement))


def add_worker(sessions: Sessions, worker: str, unseen: int, **values: object) -> None:
    columns = {"task": None, "job_id": None, "busy": None, **values}
    with sessions.begin() as session:
        session.execute(
            text("""
            INSERT INTO workers (id, host, pid, started_at, seen_at, task, job_id, busy_since)
            VALUES (:id, 'host', :pid, now() - interval '1 hour', now() - make_interval(secs => :unseen),
                    :task, :job_id, now() - make_interval(secs => :busy))
            """),
            {"id": worker, "pid": len(worker), "unseen": unseen, **columns},
        )


def test_workers_are_alive_for_15_seconds_after_a_sign_of_life_and_lost_ones_shown_for_an_hour(
    sessions: Sessions, settings: Settings, administrator: int, submit: Submit
) -> None:
    job_id = submit(CLEAN, name="big.csv")
    add_worker(sessions, "a", 3, task="process_job", job_id=job_id, busy=40)
    add_worker(sessions, "bb", 5)
    add_worker(sessions, "ccc", 200)
    add_worker(sessions, "dddd", 4000)

    busy, idle, lost = operations.overview(sessions, administrator, settings).workers
    assert (busy.is_alive, busy.task, busy.job_id, busy.filename) == (True, "process_job", job_id, "big.csv")
    assert busy.busy == pytest.approx(40, abs=20)
    assert (idle.is_alive, idle.task, idle.busy) == (True, None, None)
    assert not lost.is_alive
    assert lost.unseen == pytest.approx(200, abs=20)


def test_waiting_jobs_are_counted_with_the_age_of_the_first(
    sessions: Sessions, settings: Settings, administrator: int, submit: Submit, processed: Submit
) -> None:
    assert operations.overview(sessions, administrator, settings).waiting == operations.Waiting(0, None)
    processed(CLEAN)
    first, second, later, deleted = (submit(CLEAN) for _ in range(4))
    # Sent again a moment ago, but it waits since it was made.
    run(sessions, f"UPDATE jobs SET created_at = now() - interval '20 minutes' WHERE id = {first}")
    run(sessions, f"UPDATE jobs SET next_attempt_at = now() + interval '5 minutes' WHERE id = {later}")
    run(sessions, f"UPDATE jobs SET deleted_at = now() WHERE id = {deleted}")

    found = operations.overview(sessions, administrator, settings).waiting
    assert found.count == 2
    assert found.oldest == pytest.approx(1200, abs=20)

    run(sessions, f"UPDATE jobs SET started_at = created_at WHERE id = {first}")  # and was tried again now
    run(sessions, f"UPDATE jobs SET created_at = now() WHERE id = {second}")
    assert operations.overview(sessions, administrator, settings).waiting.oldest == pytest.approx(0, abs=20)


def test_a_job_that_waits_for_its_next_attempt_tells_when_and_why(
    sessions: Sessions, submit: Submit, settings: Settings, administrator: int
) -> None:
    submit(CLEAN)
    job_id = submit(CLEAN)
    run(
        sessions,
        "UPDATE jobs SET attempt = 2, error_message = 'The file store does not answer.',"
        f" next_attempt_at = now() + interval '100 s' WHERE id = {job_id}",
    )
    (job,) = operations.overview(sessions, administrator, settings).retried
    assert (job.id, job.attempt, job.error) == (job_id, 2, "The file store does not answer.")
    assert job.due_in == pytest.approx(100, abs=20)


def test_stuck_jobs_are_told_with_the_reason_the_longest_first(
    sessions: Sessions, submit: Submit, processed: Submit, settings: Settings, administrator: int
) -> None:
    processed(CLEAN)
    submit(CLEAN)
    waits, died, slow = (submit(CLEAN) for _ in range(3))
    run(sessions, f"UPDATE jobs SET created_at = now() - interval '2 hours' WHERE id = {waits}")
    run(
        sessions,
        "UPDATE jobs SET status = 'PROCESSING', created_at = now() - interval '1 hour',"
        f" taken_at = now() - interval '40 minutes', heartbeat_at = now() - interval '35 minutes'"
        f" WHERE id IN ({died}, {slow})",
    )
    with sessions.begin() as worker:
        assert jobs.try_lock(worker, slow)
        stuck = operations.overview(sessions, administrator, settings).stuck
    assert [(job.job.id, job.why) for job in stuck] == [
        (waits, Stuck.NOT_BEGUN),
        (slow, Stuck.SLOW),
        (died, Stuck.NO_WORKER),
    ]
    assert [job.seconds for job in stuck] == pytest.approx([7200, 2400, 2100], abs=20)


def test_failures_of_the_last_day_are_told_the_newest_first(
    sessions: Sessions, submit: Submit, settings: Settings, administrator: int
) -> None:
    old, earlier, newest = (submit(CLEAN) for _ in range(3))
    for job_id, hours in ((old, 25), (earlier, 5), (newest, 1)):
        run(
            sessions,
            f"UPDATE jobs SET status = 'FAILED', error_message = 'No {job_id}',"
            f" created_at = now() - interval '{hours} hours' WHERE id = {job_id}",
        )
    failures = operations.overview(sessions, administrator, settings).failures
    assert [(job.id, job.error) for job in failures] == [(newest, f"No {newest}"), (earlier, f"No {earlier}")]


@pytest.mark.parametrize(("span", "count"), [(Span.HOURS, 36), (Span.DAY, 24), (Span.WEEK, 28)])
def test_throughput_has_every_interval_and_everything_in_its_own(
    sessions: Sessions, processed: Submit, submit: Submit, administrator: int, span: Span, count: int
) -> None:
    processed(CLEAN)
    processed(CLEAN)
    before = processed(CLEAN)
    run(
        sessions,
        "UPDATE jobs SET processed_at = processed_at - interval '30 days',"
        f" completed_at = completed_at - interval '30 days' WHERE id = {before}",
    )
    failed = submit(CLEAN)
    run(sessions, f"UPDATE jobs SET status = 'FAILED' WHERE id = {failed}")

    found = throughput.throughput(sessions, administrator, span)
    assert len(found.intervals) == count
    assert {
        later.begins - earlier.begins
        for earlier, later in zip(found.intervals, found.intervals[1:], strict=False)
    } == {found.step}
    # A boundary may fall between the last steps of this test.
    newest = found.intervals[-2:]
    assert sum(interval.files for interval in newest) == 2
    assert sum(interval.rows for interval in newest) == 4
    assert sum(interval.completed for interval in newest) == 2
    assert sum(interval.failed for interval in newest) == 1
    assert sum(interval.files + interval.failed for interval in found.intervals[:-2]) == 0


@pytest.mark.parametrize(
    "unless",
    ["role = 'operator'", "role = 'reviewer'", "role = 'administrator', deactivated_at = now()"],
)
def test_only_administrators_see_what_the_installation_does(
    sessions: Sessions, settings: Settings, sqs: Queue, administrator: int, unless: str
) -> None:
    del sqs  # emptied before
    queue = make_queue(settings)
    asked: list[Callable[[], object]] = [
        lambda: operations.overview(sessions, administrator, settings),
        lambda: operations.depths(sessions, queue, administrator),
        lambda: throughput.throughput(sessions, administrator, Span.DAY),
    ]
    for ask in asked:
        ask()
    run(sessions, f"UPDATE users SET {unless} WHERE id = {administrator}")
    for ask in asked:
        with pytest.raises(NotAllowed, match=r"Only administrators|deactivated"):
            ask()


def test_the_products_own_numbers_need_no_account(sessions: Sessions, settings: Settings) -> None:
    assert operations.counts(sessions, settings).waiting == operations.Waiting(0, None)
