"""Files that come while the store fails or somebody deletes them: nothing is left of them."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from db.engine import Sessions
from ingestion import deletion, uploads, viewing
from ingestion.errors import NotFound, StorageUnavailable
from ingestion.storage import Bucket
from tests.integration import leftovers
from tests.integration.leftovers import deletions, in_store, log, quieten


@pytest.fixture(autouse=True)
def _empty_store(bucket: Bucket) -> None:
    leftovers.empty(bucket)


@pytest.fixture
def key(user_id: int) -> Callable[[int], str]:
    return lambda job_id: f"uploads/u{user_id}/job-{job_id}.csv"


@dataclass
class Send:
    """Submits a file through a bucket whose `put` a test has changed."""

    sessions: Sessions
    bucket: Bucket
    user_id: int
    sent: list[int]

    def __call__(self) -> int:
        return uploads.submit(
            self.sessions,
            self.bucket,
            lambda job_id, _key: self.sent.append(job_id),
            user_id=self.user_id,
            filename="contacts.csv",
            content=b"email\na@x.com\n",
            max_bytes=1000,
        )


@pytest.fixture
def send(sessions: Sessions, bucket: Bucket, user_id: int) -> Send:
    return Send(sessions, bucket, user_id, [])


@pytest.mark.parametrize("when", ["before", "at last", "after the first purge"])
def test_a_file_that_was_stored_although_no_answer_came_is_removed(
    when: str,
    send: Send,
    sessions: Sessions,
    bucket: Bucket,
    user_id: int,
    key: Callable[[int], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put = Bucket.put

    def unanswered(self: Bucket, *arguments: object) -> None:
        if when == "before":
            put(self, *arguments)  # type: ignore[arg-type]
        raise StorageUnavailable("The file store does not answer.")

    with monkeypatch.context() as broken:
        broken.setattr(Bucket, "put", unanswered)
        with pytest.raises(StorageUnavailable):
            send()
    assert (viewing.listed(sessions, user_id), send.sent) == ([], [])
    ((_, _, job_id),) = log(sessions)
    assert job_id is not None
    if when == "after the first purge":
        assert deletion.purge(sessions, bucket) == 0
    if when != "before":
        bucket.put(key(job_id), io.BytesIO(b"email\n"), "text/csv")
    quieten(sessions)

    assert deletion.purge(sessions, bucket) == 1

    assert in_store(bucket, key(job_id)) == 0
    assert deletions(sessions)[1].detail["reason"] == "its file could not be stored"


@pytest.mark.parametrize("purged", [False, True])
def test_an_upload_that_is_deleted_while_it_is_stored_leaves_no_file(
    purged: bool,
    send: Send,
    sessions: Sessions,
    bucket: Bucket,
    user_id: int,
    key: Callable[[int], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put = Bucket.put

    def deleted_meanwhile(self: Bucket, *arguments: object) -> None:
        (upload,) = viewing.listed(sessions, user_id)
        deletion.request(sessions, user_id, upload.id)
        if purged:
            quieten(sessions)
            assert deletion.purge(sessions, bucket) == 1
        put(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Bucket, "put", deleted_meanwhile)
    with pytest.raises(NotFound):
        send()

    job_id = deletions(sessions)[0].job_id
    assert job_id is not None
    assert (in_store(bucket, key(job_id)), send.sent) == (0, [])
