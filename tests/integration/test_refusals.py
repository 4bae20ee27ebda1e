"""What is refused to people is in the log and in a metric, without anything personal."""

from collections.abc import Iterator

import pytest

from db.engine import Sessions
from ingestion import deletion, operations, sharing, viewing
from ingestion.errors import NotAllowed, NotFound
from ingestion.settings import Settings
from ingestion.telemetry import metrics
from tests.accounts import add_account
from tests.conftest import Submit, add_user
from tests.logged import Lines, lines_of
from tests.recorder import Recorder

CLEAN = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\n"


@pytest.fixture
def log() -> Iterator[Lines]:
    with lines_of("ingestion.access") as lines:
        yield lines


def refusals(log: Lines) -> list[dict[str, object]]:
    names = ("level", "event", "user_id", "job_id", "permission")
    return [{name: line[name] for name in names if name in line} for line in log.objects()]


def test_an_upload_of_somebody_else_is_refused_for_the_record(
    sessions: Sessions, submit: Submit, log: Lines, recorder: Recorder
) -> None:
    job_id, stranger = submit(CLEAN), add_user(sessions)

    with pytest.raises(NotFound):
        viewing.get(sessions, stranger, job_id)

    refused = {"level": "warning", "event": "access_refused", "permission": "view"}
    assert refusals(log) == [refused | {"user_id": stranger, "job_id": job_id}]
    assert recorder.of(metrics.ACCESS_REFUSED) == [(1, "view")]


def test_what_a_role_does_not_allow_is_refused_for_the_record(
    sessions: Sessions,
    settings: Settings,
    submit: Submit,
    user_id: int,
    log: Lines,
    recorder: Recorder,
) -> None:
    job_id = submit(CLEAN)
    guest = add_account(sessions, "eve@example.com")
    sharing.share(sessions, user_id, job_id, guest.email)

    with pytest.raises(NotAllowed):
        deletion.request(sessions, guest.id, job_id)
    with pytest.raises(NotAllowed):
        operations.overview(sessions, guest.id, settings)

    refused = {"level": "warning", "event": "access_refused", "user_id": guest.id}
    assert refusals(log) == [
        refused | {"permission": "delete", "job_id": job_id},
        refused | {"permission": "administer"},
    ]
    assert recorder.of(metrics.ACCESS_REFUSED) == [(1, "delete"), (1, "administer")]


def test_what_is_gone_or_never_was_is_refused_to_nobody(
    sessions: Sessions, submit: Submit, user_id: int, log: Lines
) -> None:
    job_id = submit(CLEAN)
    deletion.request(sessions, user_id, job_id)

    for gone in (job_id, job_id + 1_000):
        with pytest.raises(NotFound):
            viewing.get(sessions, user_id, gone)

    assert refusals(log) == []
