"""Large files, sent straight to the store in parts, as a browser sends them."""

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import pytest
import urllib3
from botocore.response import StreamingBody
from sqlalchemy import text

from db.engine import Sessions
from db.models import Share
from ingestion import deletion, direct_uploads, file_parts, intake, sweeping, viewing
from ingestion.access import permitted
from ingestion.direct_uploads import Begun, SameContent, Unfinished
from ingestion.errors import Conflict, NotFound, RefusedUpload, StorageUnavailable, UnreadableFile
from ingestion.file_parts import PART_BYTES
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission
from ingestion.senders import Senders
from ingestion.settings import MEGABYTE, Settings
from ingestion.storage import Bucket, browser_source, make_bucket
from tests.conftest import add_user
from tests.integration.jobs import row_of

CONTENT = b"email,first_name\n" + b"x" * (2 * PART_BYTES + 100_000)
FINGERPRINT = "0123456789abcdef"
MODIFIED_MS = 1_764_000_000_123


@pytest.fixture(autouse=True)
def taken_over(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs whose file was taken over. What happens then is another test's matter."""
    taken: list[int] = []

    def arrived(sessions: Sessions, *_: object, user_id: int, job_id: int, max_bytes: int) -> None:
        assert max_bytes > 0
        with sessions.begin() as session:
            job = permitted(session, user_id, job_id, Permission.MANAGE, lock=True)
            job.status = JobStatus.PENDING
        taken.append(job_id)

    monkeypatch.setattr(intake, "arrived", arrived)
    return taken


class Sender:
    """What a browser does for one user."""

    def __init__(self, sessions: Sessions, bucket: Bucket, user_id: int) -> None:
        self._sessions, self._bucket, self.user_id = sessions, bucket, user_id

    def begin(
        self,
        *,
        content: bytes = CONTENT,
        fingerprint: str = FINGERPRINT,
        modified_ms: int = MODIFIED_MS,
        again: bool = False,
    ) -> Begun:
        return direct_uploads.begin(
            self._sessions,
            self._bucket,
            user_id=self.user_id,
            filename="C:\\lists\\large.csv",
            size=len(content),
            fingerprint=fingerprint,
            modified_ms=modified_ms,
            max_bytes=50 * MEGABYTE,
            max_workbook_bytes=MEGABYTE,
            again=again,
        )

    def sign(self, job_id: int, numbers: Sequence[int], sent: int = 0) -> dict[int, str]:
        return direct_uploads.sign(
            self._sessions,
            self._bucket,
            user_id=self.user_id,
            job_id=job_id,
            numbers=numbers,
            sent_bytes=sent,
        )

    def put(self, job_id: int, number: int, content: bytes = CONTENT) -> None:
        part = content[(number - 1) * PART_BYTES : number * PART_BYTES]
        address = self.sign(job_id, [number])[number]
        answer = urllib3.request("PUT", address, body=part)
        assert answer.status == 200, answer.data

    def complete(self, job_id: int) -> None:
        direct_uploads.complete(
            self._sessions, self._bucket, lambda *_: None, user_id=self.user_id, job_id=job_id
        )

    def cancel(self, job_id: int) -> None:
        direct_uploads.cancel(self._sessions, self._bucket, user_id=self.user_id, job_id=job_id)


@pytest.fixture
def sender(sessions: Sessions, bucket: Bucket, user_id: int) -> Sender:
    return Sender(sessions, bucket, user_id)


def key(user_id: int, job_id: int) -> str:
    return f"uploads/u{user_id}/job-{job_id}.csv"


def under_way(bucket: Bucket) -> int:
    return len(bucket.client.list_multipart_uploads(Bucket=bucket.name).get("Uploads", []))


def age(sessions: Sessions, hours: float) -> None:
    with sessions.begin() as session:
        session.execute(
            text("UPDATE jobs SET created_at = created_at - :age, heartbeat_at = heartbeat_at - :age"),
            {"age": dt.timedelta(hours=hours)},
        )


def test_a_file_arrives_in_parts_of_any_order_and_is_taken_over(
    sender: Sender, sessions: Sessions, bucket: Bucket, taken_over: list[int]
) -> None:
    begun = sender.begin()
    assert (begun.part_bytes, begun.present) == (PART_BYTES, ())
    waiting = row_of(sessions, begun.job_id)
    assert (waiting["status"], waiting["original_filename"]) == ("UPLOADING", "large.csv")
    assert waiting["file_sha256"] == f"ends-{len(CONTENT)}-{FINGERPRINT}"

    for number in (3, 1, 2):
        sender.put(begun.job_id, number)
    sender.complete(begun.job_id)

    assert taken_over == [begun.job_id]
    with bucket.local_copy(key(sender.user_id, begun.job_id)) as path:
        assert path.read_bytes() == CONTENT
    assert bucket.head(key(sender.user_id, begun.job_id), 5) == b"email"
    assert row_of(sessions, begun.job_id)["upload_id"] is None
    sender.complete(begun.job_id)  # the answer was lost
    assert taken_over == [begun.job_id]


def test_whoever_begins_with_the_same_file_goes_on_where_it_stopped(
    sender: Sender, sessions: Sessions
) -> None:
    begun = sender.begin()
    sender.put(begun.job_id, 2)

    assert sender.begin() == Begun(begun.job_id, PART_BYTES, (2,))
    assert sender.begin(fingerprint="another-file").job_id != begun.job_id
    assert sender.begin(content=CONTENT + b"\n").job_id != begun.job_id
    stranger = Sender(sessions, sender._bucket, add_user(sessions))
    assert stranger.begin().job_id != begun.job_id


def test_a_file_that_was_edited_in_its_middle_is_sent_anew(sender: Sender, bucket: Bucket) -> None:
    old = sender.begin().job_id
    sender.put(old, 1)
    middle = PART_BYTES + 1000
    edited = CONTENT[:middle] + b"y" + CONTENT[middle + 1 :]

    with pytest.raises(SameContent, match=rf"seems .* \(upload {old}\)"):
        sender.begin(content=edited, modified_ms=MODIFIED_MS + 1)
    begun = sender.begin(content=edited, modified_ms=MODIFIED_MS + 1, again=True)

    assert (begun.job_id != old, begun.present) == (True, ())
    for number in (1, 2, 3):
        sender.put(begun.job_id, number, edited)
    sender.complete(begun.job_id)
    with bucket.local_copy(key(sender.user_id, begun.job_id)) as path:
        assert path.read_bytes() == edited
    assert sender.begin() == Begun(old, PART_BYTES, (1,))


def test_a_sign_of_life_tells_how_far_it_is(sender: Sender, sessions: Sessions) -> None:
    job_id = sender.begin().job_id
    age(sessions, 1)

    sender.sign(job_id, [1], sent=PART_BYTES)

    listed = direct_uploads.unfinished(sessions, sender.user_id)
    assert listed == [Unfinished(job_id, "large.csv", len(CONTENT), PART_BYTES)]
    heartbeat = row_of(sessions, job_id)["heartbeat_at"]
    assert isinstance(heartbeat, dt.datetime)
    assert dt.datetime.now(dt.UTC) - heartbeat < dt.timedelta(minutes=1)
    sender.sign(job_id, [1], sent=10**15)
    assert row_of(sessions, job_id)["processed_bytes"] == len(CONTENT)


def test_an_address_is_for_one_part_of_its_very_size(sender: Sender) -> None:
    job_id = sender.begin().job_id

    address = sender.sign(job_id, [3])[3]

    assert "partNumber=3" in address
    assert "X-Amz-Expires=600" in address
    assert "X-Amz-SignedHeaders=content-length%3Bhost" in address
    for number in (0, 4):
        with pytest.raises(RefusedUpload, match="no such part"):
            sender.sign(job_id, [number])


@pytest.mark.parametrize(
    ("content", "fingerprint", "said"),
    [
        (b"", FINGERPRINT, "empty"),
        (b"x" * (50 * MEGABYTE + 1), FINGERPRINT, "at most"),
        (b"x", "?", "browser"),
    ],
)
def test_what_is_not_taken_is_refused_before_anything_is_stored(
    sender: Sender, sessions: Sessions, bucket: Bucket, content: bytes, fingerprint: str, said: str
) -> None:
    before = under_way(bucket)
    with pytest.raises(RefusedUpload, match=said):
        sender.begin(content=content, fingerprint=fingerprint)
    assert (viewing.listed(sessions, sender.user_id), under_way(bucket)) == ([], before)


def test_what_seems_to_be_the_same_file_is_asked_about(sender: Sender) -> None:
    content = b"email\n"
    first = sender.begin(content=content).job_id
    sender.put(first, 1, content)
    sender.complete(first)

    with pytest.raises(SameContent, match=rf"large\.csv \(upload {first}\)"):
        sender.begin(content=content)
    assert sender.begin(content=content, again=True).job_id != first


def test_a_file_of_which_parts_are_missing_is_not_taken_over(
    sender: Sender, sessions: Sessions, taken_over: list[int]
) -> None:
    job_id = sender.begin().job_id
    for number in (1, 3):
        sender.put(job_id, number)

    with pytest.raises(Conflict, match="have not arrived"):
        sender.complete(job_id)

    assert taken_over == []
    assert row_of(sessions, job_id)["status"] == JobStatus.UPLOADING
    sender.put(job_id, 2)
    sender.complete(job_id)
    assert taken_over == [job_id]


def test_a_file_that_was_made_of_its_parts_and_not_taken_over_is_taken_over_later(
    sender: Sender, monkeypatch: pytest.MonkeyPatch, taken_over: list[int]
) -> None:
    job_id = sender.begin(content=b"email\n").job_id
    sender.put(job_id, 1, b"email\n")
    with monkeypatch.context() as patched:
        patched.setattr(intake, "arrived", _dies)
        with pytest.raises(OSError, match="the power"):
            sender.complete(job_id)

    assert sender.begin(content=b"email\n").present == (1,)
    sender.complete(job_id)
    assert taken_over == [job_id]


def _dies(*_: object, **__: object) -> None:
    raise OSError("the power went")


def test_an_upload_that_is_being_completed_is_not_silent(
    sender: Sender, sessions: Sessions, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, taken_over: list[int]
) -> None:
    job_id = sender.begin(content=b"email\n").job_id
    sender.put(job_id, 1, b"email\n")
    age(sessions, 25)
    taking_over = intake.arrived

    def cleaned_up_first(*arguments: object, **named: object) -> None:
        direct_uploads.clean_up(sessions, bucket)
        assert row_of(sessions, job_id)["status"] == JobStatus.UPLOADING
        taking_over(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(intake, "arrived", cleaned_up_first)
    sender.complete(job_id)

    assert (taken_over, row_of(sessions, job_id)["status"]) == ([job_id], JobStatus.PENDING)


def test_an_upload_that_was_given_up_before_it_was_taken_over_is_no_success(
    sender: Sender, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = sender.begin(content=b"email\n").job_id
    sender.put(job_id, 1, b"email\n")

    def given_up(*_: object, **__: object) -> None:
        with sessions.begin() as session:
            session.execute(text("UPDATE jobs SET status = 'FAILED'"))

    monkeypatch.setattr(intake, "arrived", given_up)
    with pytest.raises(Conflict, match="given up"):
        sender.complete(job_id)
    with pytest.raises(Conflict, match="over"):
        sender.complete(job_id)


def test_a_file_that_was_looked_at_and_failed_has_been_taken_over(
    sender: Sender, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = sender.begin(content=b"email\n").job_id
    sender.put(job_id, 1, b"email\n")

    def no_list(*_: object, **__: object) -> None:
        with sessions.begin() as session:
            session.execute(text("UPDATE jobs SET status = 'FAILED', arrived_at = now()"))

    monkeypatch.setattr(intake, "arrived", no_list)
    for _ in range(2):
        sender.complete(job_id)


def test_an_upload_that_the_store_dropped_begins_anew(
    sender: Sender, sessions: Sessions, bucket: Bucket
) -> None:
    begun = sender.begin()
    sender.put(begun.job_id, 1)
    dropped = str(row_of(sessions, begun.job_id)["upload_id"])
    bucket.abort_parts(key(sender.user_id, begun.job_id), dropped)

    assert sender.begin() == begun
    assert row_of(sessions, begun.job_id)["upload_id"] != dropped
    for number in (1, 2, 3):
        sender.put(begun.job_id, number)
    sender.complete(begun.job_id)


def test_a_cancelled_upload_leaves_nothing(sender: Sender, sessions: Sessions, bucket: Bucket) -> None:
    job_id = sender.begin().job_id
    sender.put(job_id, 1)

    sender.cancel(job_id)

    assert viewing.listed(sessions, sender.user_id) == []
    file_key = key(sender.user_id, job_id)
    parts = bucket.client.list_multipart_uploads(Bucket=bucket.name, Prefix=file_key)
    assert "Uploads" not in parts
    for late in (
        lambda: sender.sign(job_id, [2]),
        lambda: sender.complete(job_id),
        lambda: sender.cancel(job_id),
    ):
        with pytest.raises(NotFound):
            late()


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


def test_somebody_elses_upload_is_not_found(sender: Sender, sessions: Sessions, bucket: Bucket) -> None:
    job_id = sender.begin().job_id
    stranger = Sender(sessions, bucket, add_user(sessions))
    for tried in (
        lambda: stranger.sign(job_id, [1]),
        lambda: stranger.complete(job_id),
        lambda: stranger.cancel(job_id),
    ):
        with pytest.raises(NotFound):
            tried()
    assert direct_uploads.unfinished(sessions, stranger.user_id) == []


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


def test_ten_thousand_parts_hold_the_largest_file_that_can_be_allowed() -> None:
    largest = Settings(database_url="postgresql://a@b/c", max_upload_mb=5000).max_upload_bytes
    sizes = file_parts.sizes(largest)
    assert sum(sizes.values()) == largest
    assert len(sizes) <= 10_000


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({}, "https://lists.s3.us-east-1.amazonaws.com/"),
        ({"aws_region": "eu-central-1"}, "https://lists.s3.eu-central-1.amazonaws.com/"),
        # A host that is everybody's: no more of it than the bucket.
        ({"s3_bucket_name": "lists.example"}, "https://s3.us-east-1.amazonaws.com/lists.example/"),
        ({"aws_endpoint_url": "http://localstack:4566"}, "http://localstack:4566/lists/"),
        (
            {
                "aws_endpoint_url": "http://localstack:4566",
                "aws_public_endpoint_url": "http://127.0.0.1:4566/",
            },
            "http://127.0.0.1:4566/lists/",
        ),
    ],
)
def test_browsers_are_sent_to_the_public_address(given: dict[str, str], place: str) -> None:
    named = {"s3_bucket_name": "lists", "aws_access_key_id": "a", "aws_secret_access_key": "b"} | given
    settings = Settings(database_url="postgresql://a@b/c", **named)  # type: ignore[arg-type]

    assert browser_source(settings) == place
    assert make_bucket(settings).sign_part("k", "u", 1, 5).startswith(f"{place}k?")


def test_keys_that_are_good_for_some_hours_are_used_with_their_token(settings: Settings) -> None:
    short = settings.model_copy(update={"aws_session_token": "of-the-role"})
    assert "X-Amz-Security-Token=of-the-role" in make_bucket(short).sign_part("k", "u", 1, 5)


def test_a_copy_tells_a_store_that_does_not_answer_from_a_file_that_is_gone(
    bucket: Bucket, settings: Settings
) -> None:
    nowhere = make_bucket(settings.model_copy(update={"aws_endpoint_url": "http://127.0.0.1:1"}))
    with pytest.raises(StorageUnavailable), nowhere.local_copy("uploads/any.csv"):
        pass
    with pytest.raises(UnreadableFile, match="is gone"), bucket.local_copy("uploads/none.csv"):
        pass


def test_a_copy_that_breaks_off_says_that_the_store_does_not_answer(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = StreamingBody(io.BytesIO(b"email"), content_length=100)
    monkeypatch.setattr(bucket.client, "get_object", lambda **_: {"Body": broken})
    with pytest.raises(StorageUnavailable), bucket.local_copy("uploads/any.csv"):
        pass


def test_what_is_done_with_a_copy_fails_in_its_own_words(bucket: Bucket) -> None:
    bucket.put("uploads/copied.csv", io.BytesIO(b"email\n"), "text/csv")
    with pytest.raises(NotFound, match="something else"), bucket.local_copy("uploads/copied.csv"):
        raise NotFound("something else")


def test_parts_are_listed_past_the_first_thousand(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, sender: Sender, sessions: Sessions
) -> None:
    job_id = sender.begin().job_id
    for number in (1, 2, 3):
        sender.put(job_id, number)
    file_key, upload_id = key(sender.user_id, job_id), str(row_of(sessions, job_id)["upload_id"])
    # As if a page held one part.
    paginator = bucket.client.get_paginator("list_parts")
    monkeypatch.setattr(bucket.client, "get_paginator", lambda _: _Pages(paginator))

    assert [part.number for part in bucket.parts(file_key, upload_id)] == [1, 2, 3]


class _Pages:
    def __init__(self, paginator: object) -> None:
        self._paginator = paginator

    def paginate(self, **named: object) -> object:
        return self._paginator.paginate(**named, PaginationConfig={"PageSize": 1})  # type: ignore[attr-defined]


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


def test_somebody_whose_share_ends_while_they_complete_leaves_the_file_to_its_owner(
    sender: Sender, sessions: Sessions, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = sender.begin().job_id
    for number in (1, 2, 3):
        sender.put(job_id, number)
    other = add_user(sessions)
    with sessions.begin() as session:
        session.add(Share(job_id=job_id, user_id=other))
    take_over = intake.arrived

    def unshared_first(*arguments: Any, **named: Any) -> None:
        with sessions.begin() as session:
            session.execute(text("DELETE FROM shares"))
        take_over(*arguments, **named)

    monkeypatch.setattr(intake, "arrived", unshared_first)
    with pytest.raises(NotFound):
        Sender(sessions, bucket, other).complete(job_id)

    monkeypatch.setattr(intake, "arrived", take_over)
    sender.complete(job_id)

    assert row_of(sessions, job_id)["status"] == JobStatus.PENDING
    assert bucket.size(str(row_of(sessions, job_id)["file_key"])) == len(CONTENT)


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
    for late in (
        lambda: sender.sign(job_id, [1]),
        lambda: sender.complete(job_id),
        lambda: sender.cancel(job_id),
    ):
        with pytest.raises(NotFound):
            late()
    assert direct_uploads.unfinished(sessions, sender.user_id) == []
    assert sender.begin().job_id != job_id
