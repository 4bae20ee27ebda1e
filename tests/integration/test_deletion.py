"""A deleted upload: hidden at once from everybody who asks for it."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, func

from db.engine import Sessions
from db.queries import jobs
from ingestion import (
    bulk,
    cases,
    deciding,
    deletion,
    error_report,
    export,
    finalization,
    history,
    intake,
    outcome,
    replay,
    review,
    summary,
    undoing,
    uploads,
    versions,
    viewing,
)
from ingestion.bulk import Request
from ingestion.deciding import Seen
from ingestion.errors import NotFound
from ingestion.rules.bulk import BulkAnswer
from ingestion.rules.lifecycle import JobStatus
from ingestion.storage import Bucket
from tests.conftest import Submit, add_user
from tests.integration.desk import Desk
from tests.integration.leftovers import CONTENT, deletions, log, reviewed_upload


@pytest.fixture
def reviewed(sessions: Sessions, user_id: int, processed: Submit) -> Callable[[], Desk]:
    """Uploads of which every table has something."""
    return lambda: reviewed_upload(sessions, user_id, processed(CONTENT))


def test_deleting_twice_is_not_found_the_second_time(
    sessions: Sessions, user_id: int, submit: Submit, bucket: Bucket
) -> None:
    job_id = submit(b"email\na@x.com\n")
    deletion.request(sessions, user_id, job_id)
    for _ in range(2):
        with pytest.raises(NotFound):
            deletion.request(sessions, user_id, job_id)
        deletion.purge(sessions, bucket)
    assert [action for action, _, _ in log(sessions)] == ["delete_upload", "purge_upload"]


def test_somebody_elses_upload_is_not_found(sessions: Sessions, submit: Submit) -> None:
    job_id, stranger = submit(b"email\na@x.com\n"), add_user(sessions)
    for tried in (deletion.request, deletion.extent):
        with pytest.raises(NotFound):
            tried(sessions, stranger, job_id)
    assert log(sessions) == []


@pytest.mark.parametrize("status", list(JobStatus))
def test_an_upload_of_any_status_can_be_deleted(
    status: JobStatus, sessions: Sessions, user_id: int, bucket: Bucket, submit: Submit
) -> None:
    job_id = submit(b"email\na@x.com\n")
    with sessions.begin() as session:
        jobs.change(session, job_id, status=status, arrived_at=func.now())

    deletion.request(sessions, user_id, job_id)

    assert deletion.purge(sessions, bucket) == 1
    assert deletions(sessions)[1].detail["status"] == status


def test_what_goes_is_told_beforehand(
    sessions: Sessions, user_id: int, reviewed: Callable[[], Desk], submit: Submit
) -> None:
    at = reviewed()
    decisions = 2 + 5  # two groups at once; one by one, an undo among them
    assert deletion.extent(sessions, user_id, at.job_id) == deletion.Extent(6, decisions, 3, 1)
    assert deletion.extent(sessions, user_id, submit(b"email\na@x.com\n")) == deletion.Extent(0, 0, 0, 0)


def test_a_deleted_upload_is_hidden_from_everybody_and_takes_no_orders(
    sessions: Sessions, user_id: int, bucket: Bucket, engine: Engine, reviewed: Callable[[], Desk]
) -> None:
    job_id = reviewed().job_id
    content = CONTENT
    assert uploads.earlier_with_content(sessions, user_id, uploads.sha256_of(content)) is not None
    seen = Seen(user_id, job_id, review.listed(sessions, user_id, job_id, open_only=False)[0].id, 1)

    deletion.request(sessions, user_id, job_id)

    assert viewing.listed(sessions, user_id) == []
    assert uploads.earlier_with_content(sessions, user_id, uploads.sha256_of(content)) is None
    with sessions() as session:
        assert list(jobs.processed_ids(session)) == []
    enqueue: Callable[..., None] = lambda *_: None  # noqa: E731
    for tried in (
        lambda: viewing.get(sessions, user_id, job_id),
        lambda: uploads.retry(sessions, enqueue, user_id, job_id),
        lambda: review.listed(sessions, user_id, job_id),
        lambda: review.counts(sessions, user_id, job_id),
        lambda: cases.get(sessions, user_id, job_id, seen.issue_id),
        lambda: deciding.skip(sessions, seen),
        lambda: bulk.preview(sessions, user_id, job_id, Request(BulkAnswer.KEEP_FIRST)),
        lambda: bulk.carry_out(sessions, user_id, job_id, Request(BulkAnswer.KEEP_FIRST), expected=0),
        lambda: undoing.undo(sessions, user_id, job_id, 1),
        lambda: history.listed(sessions, user_id, job_id),
        lambda: finalization.request(sessions, enqueue, user_id, job_id),
        lambda: finalization.preview(sessions, user_id, job_id),
        lambda: export.open_contacts(sessions, user_id, job_id),
        lambda: error_report.open_report(sessions, user_id, job_id),
        lambda: versions.listed(sessions, user_id, job_id),
        lambda: versions.open_version(sessions, bucket, user_id, job_id, 1),
        lambda: summary.of_upload(sessions, user_id, job_id),
        lambda: outcome.differing(sessions, user_id, job_id),
        lambda: intake.look(sessions, bucket, user_id=user_id, job_id=job_id),
        lambda: replay.check(engine, bucket, job_id),
    ):
        with pytest.raises(NotFound):
            tried()
