"""Large files, sent straight to the store in parts, as a browser sends them."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import text

from db.engine import Sessions
from db.models import Share
from ingestion import direct_uploads, file_parts, intake, viewing
from ingestion.direct_uploads import Begun, SameContent, Unfinished
from ingestion.errors import Conflict, NotFound, RefusedUpload
from ingestion.file_parts import PART_BYTES
from ingestion.rules.lifecycle import JobStatus
from ingestion.settings import MEGABYTE, Settings
from ingestion.storage import Bucket
from tests.conftest import add_user
from tests.integration.direct_sender import CONTENT, FINGERPRINT, MODIFIED_MS, Sender, age, key, under_way
from tests.integration.jobs import row_of


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


def test_somebody_elses_upload_is_not_found(sender: Sender, sessions: Sessions, bucket: Bucket) -> None:
    job_id = sender.begin().job_id
    stranger = Sender(sessions, bucket, add_user(sessions))
    stranger.finds_nothing(job_id, 1)
    assert direct_uploads.unfinished(sessions, stranger.user_id) == []


def test_ten_thousand_parts_hold_the_largest_file_that_can_be_allowed() -> None:
    largest = Settings(database_url="postgresql://a@b/c", max_upload_mb=5000).max_upload_bytes
    sizes = file_parts.sizes(largest)
    assert sum(sizes.values()) == largest
    assert len(sizes) <= 10_000


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
