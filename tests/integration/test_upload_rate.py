"""How many files an account may begin to upload within an hour."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text

from db.engine import Sessions
from db.models import Job
from ingestion import deletion, direct_uploads, uploads, viewing
from ingestion.errors import TooManyUploads
from ingestion.storage import Bucket
from tests.conftest import add_user


def send(sessions: Sessions, bucket: Bucket, user_id: int, per_hour: int = 3) -> int:
    return uploads.submit(
        sessions,
        bucket,
        lambda _job, _key: None,
        user_id=user_id,
        filename="contacts.csv",
        content=b"email\na@x.com\n",
        max_bytes=1000,
        per_hour=per_hour,
    )


def begin(sessions: Sessions, bucket: Bucket, user_id: int, fingerprint: str) -> int:
    begun = direct_uploads.begin(
        sessions,
        bucket,
        user_id=user_id,
        filename="large.csv",
        size=50_000_000,
        fingerprint=fingerprint,
        modified_ms=0,
        max_bytes=100_000_000,
        max_workbook_bytes=100_000_000,
        per_hour=3,
    )
    return begun.job_id


def grow_older(sessions: Sessions, job_id: int, minutes: int) -> None:
    with sessions.begin() as session:
        session.execute(
            text("UPDATE jobs SET created_at = created_at - make_interval(mins => :minutes) WHERE id = :id"),
            {"minutes": minutes, "id": job_id},
        )


def test_the_next_upload_is_refused_until_the_first_is_an_hour_old(
    sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    first, *_ = [send(sessions, bucket, user_id) for _ in range(3)]
    grow_older(sessions, first, 40)

    with pytest.raises(TooManyUploads, match=r"uploaded 3 files within an hour.*in 20 minutes\."):
        send(sessions, bucket, user_id)

    grow_older(sessions, first, 20)
    send(sessions, bucket, user_id)
    with pytest.raises(TooManyUploads):
        send(sessions, bucket, user_id)
    assert len(viewing.listed(sessions, user_id)) == 4


def test_others_may_still_upload(sessions: Sessions, bucket: Bucket, user_id: int) -> None:
    for _ in range(3):
        send(sessions, bucket, user_id)

    send(sessions, bucket, add_user(sessions))


def test_a_deleted_upload_counts(sessions: Sessions, bucket: Bucket, user_id: int) -> None:
    for _ in range(3):
        deletion.request(sessions, user_id, send(sessions, bucket, user_id))

    with pytest.raises(TooManyUploads):
        send(sessions, bucket, user_id)


def test_an_upload_that_is_gone_with_all_it_had_counts_from_when_it_began(
    sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    first, *others = [send(sessions, bucket, user_id) for _ in range(3)]
    grow_older(sessions, first, 40)
    for job_id in (first, *others):
        deletion.request(sessions, user_id, job_id)
    assert deletion.purge(sessions, bucket) == 3

    with pytest.raises(TooManyUploads, match=r"in 20 minutes\."):
        send(sessions, bucket, user_id)

    send(sessions, bucket, add_user(sessions))


def test_old_uploads_that_are_deleted_now_take_no_room(
    sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    for _ in range(3):
        job_id = send(sessions, bucket, user_id)
        grow_older(sessions, job_id, 60)
        deletion.request(sessions, user_id, job_id)
    assert deletion.purge(sessions, bucket) == 3

    send(sessions, bucket, user_id)


def test_files_that_go_straight_to_the_store_count_once_however_often_they_go_on(
    sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    send(sessions, bucket, user_id)
    begun = [begin(sessions, bucket, user_id, f"fingerprint-{number}") for number in range(2)]

    assert begin(sessions, bucket, user_id, "fingerprint-0") == begun[0]
    with pytest.raises(TooManyUploads):
        begin(sessions, bucket, user_id, "fingerprint-2")
    with pytest.raises(TooManyUploads):
        send(sessions, bucket, user_id)


def test_of_many_uploads_at_once_no_more_are_taken(sessions: Sessions, bucket: Bucket, user_id: int) -> None:
    def attempt(_: int) -> bool:
        try:
            send(sessions, bucket, user_id)
        except TooManyUploads:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(attempt, range(24))) == 3
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 3
