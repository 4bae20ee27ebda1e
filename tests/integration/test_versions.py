"""Earlier versions of an upload's contacts: listed, given byte for byte, or refused."""

import gc
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from db.engine import Sessions
from ingestion import deciding, undoing, versions
from ingestion.errors import Busy, Conflict, NotFound
from ingestion.rules.issues import IssueType
from ingestion.storage import Bucket
from tests.conftest import Submit, add_user
from tests.integration.desk import DUPLICATES, HEADER, Desk
from tests.worker import eventually


@pytest.fixture
def twice(sessions: Sessions, user_id: int, processed: Submit) -> Iterator[tuple[Desk, list[str]]]:
    """An upload that was finalized, reopened, decided anew and finalized again; and its two exports."""
    at = Desk(sessions, user_id, processed((HEADER + DUPLICATES).encode(), name="may.csv"))
    deciding.choose(sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    first = at.finalize()
    undoing.undo(sessions, user_id, at.job_id, 1)
    deciding.skip(sessions, at.see(IssueType.DUPLICATE_EMAIL))
    yield at, [first, at.finalize()]
    gc.collect()  # a temporary file that was not closed would warn here, and warnings are errors


def given(at: Desk, bucket: Bucket, number: int) -> str:
    download = versions.open_version(at.sessions, bucket, at.user_id, at.job_id, number)
    assert download.filename == f"may-contacts-v{number}.csv"
    return b"".join(download.chunks).decode()


def test_each_version_is_listed_with_who_decided(twice: tuple[Desk, list[str]]) -> None:
    at, _ = twice

    second, first = versions.listed(at.sessions, at.user_id, at.job_id)

    assert (first.number, first.contacts) == (1, 2)
    assert (second.number, second.contacts) == (2, 1)
    assert first.at < second.at
    assert [name[:6] for name in first.decided_by] == [name[:6] for name in second.decided_by] == ["Ana No"]


def test_whoever_decided_before_a_version_is_no_author_of_the_next(
    twice: tuple[Desk, list[str]],
) -> None:
    at, _ = twice
    with at.sessions.begin() as session:
        session.execute(text("UPDATE finalizations SET last_resolution_id = 1 WHERE version = 2"))

    second, first = versions.listed(at.sessions, at.user_id, at.job_id)

    assert (len(first.decided_by), second.decided_by) == (1, ())


def test_whoever_waits_for_another_version_too_long_is_told_to_come_again(
    twice: tuple[Desk, list[str]], bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, exports = twice
    monkeypatch.setattr(versions, "_WAIT_SECONDS", 0.01)

    with versions._ONE_AT_A_TIME, pytest.raises(Busy, match="try again in a minute"):
        given(at, bucket, 1)

    assert given(at, bucket, 1) == exports[0]


def test_few_wait_for_a_version_and_others_are_told_at_once(
    twice: tuple[Desk, list[str]], bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, exports = twice
    monkeypatch.setattr(versions, "_WAIT_SECONDS", 60.0)
    refused: list[int] = []

    def attempt(_: int) -> str:
        try:
            return given(at, bucket, 1)
        except Busy:
            refused.append(1)
            return ""

    with ThreadPoolExecutor(12) as pool:
        with versions._ONE_AT_A_TIME:
            waiting = [pool.submit(attempt, number) for number in range(12)]
            eventually(lambda: len(refused) == 8, "all but those who wait are refused")
        made = [one.result() for one in waiting]

    assert sorted(made) == [""] * 8 + [exports[0]] * 4


def test_each_version_is_given_byte_for_byte(twice: tuple[Desk, list[str]], bucket: Bucket) -> None:
    at, exported = twice

    assert exported[0] != exported[1]
    assert [given(at, bucket, number) for number in (1, 2)] == exported


def test_an_earlier_version_is_given_while_the_upload_is_in_review_again(
    twice: tuple[Desk, list[str]], bucket: Bucket
) -> None:
    at, exported = twice
    undoing.undo(at.sessions, at.user_id, at.job_id, 3)

    assert given(at, bucket, 2) == exported[1]


@pytest.mark.parametrize(
    "content",
    [b"email,first_name\nother@x.com,Bo\n", b"", (HEADER + DUPLICATES).replace("Bo", "Al").encode()],
)
def test_a_version_of_another_file_is_refused(
    twice: tuple[Desk, list[str]], bucket: Bucket, content: bytes
) -> None:
    at, _ = twice
    bucket.put(f"uploads/u{at.user_id}/job-{at.job_id}.csv", io.BytesIO(content), "text/csv")

    with pytest.raises(Conflict, match="Version 1 cannot be given"):
        given(at, bucket, 1)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("UPDATE finalizations SET export_sha256 = 'x'", id="another export"),
        pytest.param("UPDATE issue_resolutions SET row_number = 2 WHERE id = 1", id="another decision"),
        pytest.param("UPDATE issue_resolutions SET email = 'bo@x.com' WHERE id = 1", id="about nothing open"),
    ],
)
def test_a_version_that_cannot_be_made_again_is_refused_with_what_to_do(
    twice: tuple[Desk, list[str]], bucket: Bucket, damage: str
) -> None:
    at, _ = twice
    with at.sessions.begin() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))  # past the triggers
        session.execute(text(damage))

    with pytest.raises(Conflict, match=f"Version 1 cannot be given.*ingestion.replay {at.job_id}”"):
        given(at, bucket, 1)


def test_there_is_no_version_that_was_not_made(twice: tuple[Desk, list[str]], bucket: Bucket) -> None:
    at, _ = twice

    with pytest.raises(NotFound):
        given(at, bucket, 3)


def test_somebody_elses_versions_are_as_good_as_none(twice: tuple[Desk, list[str]], bucket: Bucket) -> None:
    at, _ = twice
    stranger = add_user(at.sessions)

    with pytest.raises(NotFound):
        versions.listed(at.sessions, stranger, at.job_id)
    with pytest.raises(NotFound):
        versions.open_version(at.sessions, bucket, stranger, at.job_id, 1)
