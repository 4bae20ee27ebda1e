"""Large files that do not arrive: cancelled, silent, interrupted, deleted."""

import datetime as dt
import io

import pytest
from sqlalchemy import text

from db.engine import Sessions
from ingestion import deletion, direct_uploads, intake, sweeping, viewing
from ingestion.errors import Conflict, NotFound, StorageUnavailable
from ingestion.rules.lifecycle import JobStatus
from ingestion.senders import Senders
from ingestion.settings import Settings
from ingestion.storage import Bucket, make_bucket
from tests.integration.direct_sender import Sender, age, key, under_way
from tests.integration.jobs import row_of


def test_a_cancelled_upload_leaves_nothing(sender: Sender, sessions: Sessions, bucket: Bucket) -> None:
    job_id = sender.begin().job_id
    sender.put(job_id, 1)

    sender.cancel(job_id)

    assert viewing.listed(sessions, sender.user_id) == []
    file_key = key(sender.user_id, job_id)
    parts = bucket.client.list_multipart_uploads(Bucket=bucket.name, Prefix=file_key)
    assert "Uploads" not in parts
    sender.finds_nothing(job_id, 2)


def test_an_upload_that_is_cancelled_while_it_is_taken_over_leaves_no_file(
    sender: Sender, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = sender.begin(content=b"email\n").job_id
    sender.put(job_id, 1, b"email\n")
    taking_over = intake.arrived

    def cancelled_first(*arguments: object, **named: object) -> None:
        sender.cancel(job_id)
        taking_over(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "arrived", cancelled_first)
    with pytest.raises(NotFound):
        sender.complete(job_id)

    file_key = key(sender.user_id, job_id)
    versions = bucket.client.list_object_versions(Bucket=bucket.name, Prefix=file_key)
    assert "Versions" not in versions
    with pytest.raises(NotFound):
        bucket.size(file_key)


def test_an_upload_that_is_over_takes_no_more_parts(sender: Sender, sessions: Sessions) -> None:
    job_id = sender.begin().job_id
    with sessions.begin() as session:
        session.execute(text("UPDATE jobs SET arrived_at = now()"))
    for late in (lambda: sender.sign(job_id, [1]), lambda: sender.cancel(job_id)):
        with pytest.raises(Conflict, match="over"):
            late()


def test_an_upload_that_was_silent_for_a_day_is_failed_and_its_parts_are_freed(
    sender: Sender, sessions: Sessions, bucket: Bucket
) -> None:
    before = under_way(bucket)
    job_id = sender.begin().job_id
    sender.put(job_id, 1)
    for hours, status in ((23.0, "UPLOADING"), (2.0, "FAILED")):
        age(sessions, hours)
        _sweep(sessions, bucket)
        direct_uploads.clean_up(sessions, bucket)
        assert row_of(sessions, job_id)["status"] == status

    assert "Upload the file again" in str(row_of(sessions, job_id)["error_message"])
    assert (row_of(sessions, job_id)["upload_id"], under_way(bucket)) == (None, before)
    assert sender.begin().job_id != job_id


def test_parts_are_freed_once_the_store_answers_again(
    sender: Sender, sessions: Sessions, bucket: Bucket, settings: Settings
) -> None:
    before = under_way(bucket)
    job_id = sender.begin().job_id
    age(sessions, 25)
    nowhere = settings.model_copy(update={"aws_endpoint_url": "http://127.0.0.1:1"})

    with pytest.raises(StorageUnavailable):
        direct_uploads.clean_up(sessions, make_bucket(nowhere))
    assert row_of(sessions, job_id)["status"] == "FAILED"
    assert under_way(bucket) == before + 1
    direct_uploads.clean_up(sessions, bucket)

    assert under_way(bucket) == before


def test_a_file_that_waits_for_a_person_is_left_alone(
    sender: Sender, sessions: Sessions, bucket: Bucket
) -> None:
    job_id = sender.begin().job_id
    with sessions.begin() as session:
        session.execute(text("UPDATE jobs SET arrived_at = now(), upload_id = NULL"))
    age(sessions, 1000)

    _sweep(sessions, bucket)
    direct_uploads.clean_up(sessions, bucket)

    assert row_of(sessions, job_id)["status"] == JobStatus.UPLOADING


def _sweep(sessions: Sessions, bucket: Bucket) -> None:
    nobody = Senders(lambda *_: None, lambda _: None)
    sweeping.sweep(sessions, bucket, nobody, waiting_longer_than=dt.timedelta(hours=1))


def test_parts_of_an_upload_that_no_answer_told_of_go_with_their_upload(
    sender: Sender, sessions: Sessions, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_parts = Bucket.begin_parts

    def unanswered(self: Bucket, file_key: str, content_type: str) -> str:
        begin_parts(self, file_key, content_type)
        raise StorageUnavailable("The file store does not answer.")

    with monkeypatch.context() as broken:
        broken.setattr(Bucket, "begin_parts", unanswered)
        with pytest.raises(StorageUnavailable):
            sender.begin()
    assert direct_uploads.unfinished(sessions, sender.user_id) == []
    age(sessions, 1)

    assert deletion.purge(sessions, bucket) == 1

    file_key = key(sender.user_id, 1)
    assert "Uploads" not in bucket.client.list_multipart_uploads(Bucket=bucket.name, Prefix=file_key)


def test_an_upload_whose_beginning_was_interrupted_is_failed_in_words(
    sender: Sender, sessions: Sessions, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(Bucket, "begin_parts", killed)
    with pytest.raises(KeyboardInterrupt):
        sender.begin()
    age(sessions, 1)

    _sweep(sessions, bucket)

    (upload,) = viewing.listed(sessions, sender.user_id)
    assert (upload.status, upload.error_message) == (
        JobStatus.FAILED,
        "The upload was interrupted before the file had arrived. Upload the file again.",
    )


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_file_that_is_made_of_its_parts_after_a_cancel_is_removed(
    is_killed: bool, sender: Sender, sessions: Sessions, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store was at it when the cancel came, and was done after the cancel had deleted what there was."""
    job_id = sender.begin(content=b"email\n").job_id
    sender.put(job_id, 1, b"email\n")
    file_key = key(sender.user_id, job_id)

    def slow(self: Bucket, *_: object) -> None:
        sender.cancel(job_id)
        self.put(file_key, io.BytesIO(b"email\n"), "text/csv")
        if is_killed:
            raise KeyboardInterrupt

    monkeypatch.setattr(Bucket, "complete_parts", slow)
    with pytest.raises(KeyboardInterrupt if is_killed else NotFound):
        sender.complete(job_id)
    assert deletion.purge(sessions, bucket) == 0
    age(sessions, 1)
    assert deletion.purge(sessions, bucket) == 1

    with pytest.raises(NotFound):
        bucket.size(file_key)


def test_a_cancel_while_the_store_is_down_is_carried_out_later(
    sender: Sender, sessions: Sessions, bucket: Bucket, settings: Settings
) -> None:
    job_id = sender.begin().job_id
    nowhere = make_bucket(settings.model_copy(update={"aws_endpoint_url": "http://127.0.0.1:1"}))

    direct_uploads.cancel(sessions, nowhere, user_id=sender.user_id, job_id=job_id)

    assert direct_uploads.unfinished(sessions, sender.user_id) == []
    age(sessions, 1)
    assert deletion.purge(sessions, bucket) == 1


def test_a_deleted_upload_takes_no_parts_and_is_not_gone_on_with(sender: Sender, sessions: Sessions) -> None:
    job_id = sender.begin().job_id
    deletion.request(sessions, sender.user_id, job_id)
    sender.finds_nothing(job_id, 1)
    assert direct_uploads.unfinished(sessions, sender.user_id) == []
    assert sender.begin().job_id != job_id
