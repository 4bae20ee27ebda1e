"""An upload that the store does not take leaves nothing that belongs to nobody."""

from typing import BinaryIO

import pytest
from sqlalchemy import text

from db.engine import Sessions
from ingestion import uploads
from ingestion.errors import StorageUnavailable
from ingestion.rules.lifecycle import JobStatus
from ingestion.storage import Bucket
from ingestion.uploads import Upload

CONTENT = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\n"


class Unheard(Bucket):
    """A store that takes what it is given, and whose answer is lost."""

    def put(self, key: str, body: BinaryIO, content_type: str) -> None:
        super().put(key, body, content_type)
        raise StorageUnavailable("The answer was lost.")


class Silent(Unheard):
    """One that does not answer afterwards either."""

    def delete(self, key: str) -> None:
        raise StorageUnavailable(f"No answer about {key}.")


def submitted(sessions: Sessions, bucket: Bucket, user_id: int) -> list[Upload]:
    """The user's uploads after an attempt that failed."""
    with pytest.raises(StorageUnavailable):
        uploads.submit(
            sessions,
            bucket,
            lambda _job, _key: None,
            user_id=user_id,
            filename="contacts.csv",
            content=CONTENT,
            max_bytes=1_000,
        )
    return uploads.listed(sessions, user_id)


def keys(bucket: Bucket, user_id: int) -> list[str]:
    found = bucket.client.list_object_versions(Bucket=bucket.name, Prefix=f"uploads/u{user_id}/")
    return [version["Key"] for version in found.get("Versions", [])]


def test_an_object_that_arrived_unheard_is_gone_with_its_job(
    sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    store = Unheard(bucket.client, bucket.name, bucket.signer)
    assert submitted(sessions, store, user_id) == []
    assert keys(bucket, user_id) == []


def test_where_the_store_stays_silent_the_job_says_what_to_do_and_owns_the_object(
    sessions: Sessions, bucket: Bucket, user_id: int
) -> None:
    store = Silent(bucket.client, bucket.name, bucket.signer)
    (upload,) = submitted(sessions, store, user_id)
    assert upload.status is JobStatus.FAILED
    assert upload.error_message is not None
    assert "Upload the file again" in upload.error_message
    with sessions() as session:
        assert keys(bucket, user_id) == list(session.scalars(text("SELECT file_key FROM jobs")))
    assert uploads.earlier_with_content(sessions, user_id, uploads.sha256_of(CONTENT)) is None
    bucket.delete(keys(bucket, user_id)[0])
