"""Large files that are sent straight to the store, but not taken over."""

import pytest

from db.engine import Sessions
from ingestion import intake
from ingestion.access import permitted
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission
from ingestion.storage import Bucket
from tests.integration.direct_sender import Sender


@pytest.fixture
def taken_over(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs whose file was taken over. What happens then is another test's matter."""
    taken: list[int] = []

    def arrived(
        sessions: Sessions, *_: object, user_id: int, job_id: int, max_bytes: int, options: object
    ) -> None:
        assert max_bytes > 0
        assert options is None
        with sessions.begin() as session:
            job = permitted(session, user_id, job_id, Permission.MANAGE, lock=True)
            job.status = JobStatus.PENDING
        taken.append(job_id)

    monkeypatch.setattr(intake, "arrived", arrived)
    return taken


@pytest.fixture
def sender(
    sessions: Sessions,
    bucket: Bucket,
    user_id: int,
    taken_over: list[int],  # noqa: ARG001  (instead of what follows)
) -> Sender:
    """A browser of the user's, whose files are not looked at once they are there."""
    return Sender(sessions, bucket, user_id)
