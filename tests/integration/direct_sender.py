"""What a browser does that sends a large file straight to the store."""

import datetime as dt
from collections.abc import Sequence

import pytest
import urllib3
from sqlalchemy import text

from db.engine import Sessions
from ingestion import direct_uploads
from ingestion.direct_uploads import Begun
from ingestion.errors import NotFound
from ingestion.file_parts import PART_BYTES
from ingestion.settings import MEGABYTE
from ingestion.storage import Bucket

CONTENT = b"email,first_name\n" + b"x" * (2 * PART_BYTES + 100_000)
FINGERPRINT = "0123456789abcdef"
MODIFIED_MS = 1_764_000_000_123


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

    def finds_nothing(self, job_id: int, number: int) -> None:
        """Ask for an address for this part, for the whole and for its end: there is no such upload."""
        for asked in (
            lambda: self.sign(job_id, [number]),
            lambda: self.complete(job_id),
            lambda: self.cancel(job_id),
        ):
            with pytest.raises(NotFound):
                asked()


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
