"""The dashboard's metrics: who may read them, and what is there."""

from collections.abc import Iterator

import pytest
import urllib3

from db.engine import Sessions, make_engine, make_sessions
from ingestion.rules.lifecycle import JobStatus
from ingestion.settings import Settings
from ingestion.telemetry import instruments, metrics, outlets
from ingestion.telemetry.prometheus import Prometheus
from tests.conftest import Submit
from tests.dashboard.served import served
from tests.scraping import Samples

TOKEN = "a token of 24 characters"
ELSEWHERE = "127.0.0.2"
"""Reached over loopback, but not an address that counts as this machine."""


def ask(host: str, come_from: str = "127.0.0.1", **headers: str) -> urllib3.BaseHTTPResponse:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    with urllib3.PoolManager(retries=False, source_address=(come_from, 0)) as pool:
        return pool.request("GET", f"http://{host}/metrics", headers=headers, timeout=20)


@pytest.fixture(scope="module")
def without_token(settings: Settings, engine: object) -> Iterator[str]:  # noqa: ARG001  (migrated)
    with served(settings, make_sessions(make_engine(settings.database_url))) as host:
        yield host


@pytest.fixture(scope="module")
def with_token(settings: Settings, engine: object) -> Iterator[str]:  # noqa: ARG001
    guarded = settings.model_copy(update={"metrics_token": TOKEN})
    with served(guarded, make_sessions(make_engine(settings.database_url))) as host:
        yield host


def test_this_machine_needs_no_token(without_token: str, with_token: str) -> None:
    for host in (without_token, with_token):
        answer = ask(host)
        assert answer.status == 200
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("come_from", "headers"),
    [
        (ELSEWHERE, {}),
        ("127.0.0.1", {"x_forwarded_for": "203.0.113.7"}),
        ("127.0.0.1", {"x_forwarded_for": "127.0.0.1"}),
        ("127.0.0.1", {"x_forwarded_for": ""}),
        ("127.0.0.1", {"forwarded": "for=127.0.0.1"}),
        (ELSEWHERE, {"authorization": f"Bearer {TOKEN}x"}),
        (ELSEWHERE, {"authorization": "Bearer "}),
        (ELSEWHERE, {"authorization": TOKEN}),
        (ELSEWHERE, {"authorization": f"Basic {TOKEN}"}),
    ],
)
def test_nobody_else_is_told_that_there_are_metrics(
    without_token: str, with_token: str, come_from: str, headers: dict[str, str]
) -> None:
    for host in (without_token, with_token):
        answer = ask(host, come_from, **headers)
        assert answer.status == 404
        assert b"ingestion" not in answer.data


def test_whoever_shows_the_token_may_come_from_anywhere(with_token: str, without_token: str) -> None:
    shown = {"authorization": f"Bearer {TOKEN}"}
    assert ask(with_token, ELSEWHERE, **shown).status == 200
    assert ask(with_token, x_forwarded_for="203.0.113.7", **shown).status == 200
    assert ask(without_token, ELSEWHERE, **shown).status == 404


@pytest.mark.usefixtures("sqs")  # emptied before
def test_the_page_has_what_was_measured_and_how_things_stand(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, sessions: Sessions, submit: Submit
) -> None:
    ours = Prometheus()
    monkeypatch.setattr(instruments, "_outlets", (ours,))
    monkeypatch.setattr(outlets, "_prometheus", [ours])
    content = b"email,first_name,last_name,company\nana@x.com,Ana,Silva,Acme\n"
    submit(content)
    with metrics.page("uploads"):
        pass
    with served(settings, sessions) as host:
        found = Samples(ask(host).data)
    assert found.value("ingestion_uploads_total", way="dashboard") == 1
    assert found.value("ingestion_upload_bytes_total", way="dashboard") == len(content)
    assert found.value("ingestion_page_seconds_count", page="uploads") == 1
    assert found.value("ingestion_jobs", status=JobStatus.PENDING) == 1
    assert found.value("ingestion_jobs", status=JobStatus.FAILED) == 0
    assert found.value("ingestion_jobs_waiting") == 1
    assert found.value("ingestion_queue_oldest_seconds") >= 0
    assert found.value("ingestion_dead_letters") == 0
    assert found.value("ingestion_last_scrape_error", source="database") == 0
    assert found.value("ingestion_last_scrape_error", source="queue") == 0


@pytest.mark.usefixtures("sqs")  # emptied before
def test_the_rest_is_answered_while_the_database_does_not(settings: Settings) -> None:
    nowhere = make_sessions(make_engine("postgresql://app@127.0.0.1:1/postgres"))
    with served(settings, nowhere) as host:
        answer = ask(host)
    found = Samples(answer.data)
    assert answer.status == 200
    assert found.value("ingestion_last_scrape_error", source="database") == 1
    assert found.value("ingestion_last_scrape_error", source="queue") == 0
    assert "ingestion_jobs" not in found
    assert found.value("ingestion_dead_letters") == 0


def test_the_rest_is_answered_while_the_queue_does_not(settings: Settings, sessions: Sessions) -> None:
    deaf = settings.model_copy(update={"aws_endpoint_url": "http://127.0.0.1:1"})
    with served(deaf, sessions) as host:
        found = Samples(ask(host).data)
    assert found.value("ingestion_last_scrape_error", source="queue") == 1
    assert "ingestion_dead_letters" not in found
    assert found.value("ingestion_jobs", status=JobStatus.PENDING) == 0
