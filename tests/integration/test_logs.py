"""What the product's real processes write to standard error when machines read it."""

import io
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3
from sqlalchemy import text

from dashboard.session_cookie import SESSION_COOKIE
from db.engine import Sessions
from ingestion import processing
from ingestion.rules.lifecycle import JobStatus
from ingestion.storage import Bucket
from ingestion.telemetry import context
from local import commands
from local.ports import free_port
from tests.conftest import Upload
from tests.sign_ins import token_of
from tests.worker import ROOT, Worker, eventually

SECRET = "ana.silva@kunde-mueller.com"
CONFLICT = (
    f"email,first_name,last_name,company\n{SECRET},Ana,Silva,Acme\n{SECRET},Anna,Silva,Acme\n"
).encode()
UNREADABLE = b"PK\x03\x04" + SECRET.encode()


def lines_of(log: Path) -> list[dict[str, Any]]:
    """Every line there is: one that is no JSON object fails the test."""
    text = log.read_text(encoding="utf-8")
    assert SECRET not in text
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        assert {"time", "level", "event", "logger", "service"} <= set(line), line
        assert list(line)[:5] == ["time", "level", "event", "logger", "service"]
    return lines


def the(lines: list[dict[str, Any]], event: str, **has: Any) -> dict[str, Any]:
    """The one line with this event and these values."""
    found = [one for one in lines if one["event"] == event and has.items() <= one.items()]
    assert len(found) == 1, (event, found, lines)
    return found[0]


@pytest.fixture
def json_environment(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "LOG_FORMAT": "json"}


@pytest.fixture
def send(upload: Upload) -> Callable[[bytes, str], int]:
    """Uploads a file as the dashboard does for a request with this id."""

    def send(content: bytes, request_id: str) -> int:
        with context.bound(request_id=request_id):
            return upload(content, name=f"{SECRET}.csv")

    return send


def status_of(sessions: Sessions, job_id: int) -> str:
    with sessions() as session:
        return str(session.execute(text("SELECT status FROM jobs WHERE id = :j"), {"j": job_id}).scalar_one())


def test_every_line_of_a_worker_is_an_object_and_says_whose_work_it_is(
    json_environment: dict[str, str],
    send: Callable[[bytes, str], int],
    sessions: Sessions,
    bucket: Bucket,
    user_id: int,
    tmp_path: Path,
) -> None:
    reviewed = send(CONFLICT, "request-of-the-conflict")
    broken = send(CONFLICT, "request-of-the-broken")
    with sessions() as session:
        key = session.execute(text("SELECT file_key FROM jobs WHERE id = :j"), {"j": broken}).scalar_one()
    bucket.put(key, io.BytesIO(UNREADABLE), "text/csv")
    log = tmp_path / "worker.log"
    worker = Worker(json_environment, log)
    worker.start()
    try:
        eventually(lambda: status_of(sessions, reviewed) == JobStatus.NEEDS_REVIEW, "in review")
        eventually(lambda: status_of(sessions, broken) == JobStatus.FAILED, "failed")
        worker.stop()
    finally:
        worker.kill()
    lines = lines_of(log)
    assert {line["service"] for line in lines} == {"worker"}
    assert the(lines, "job_taken", job_id=reviewed)["attempt"] == 1
    assert the(lines, "file_read", job_id=reviewed)["issues"] == {"DUPLICATE_EMAIL": 1}
    finished = the(lines, "job_finished", job_id=reviewed)
    assert finished["user_id"] == user_id
    assert finished["request_id"] == "request-of-the-conflict"
    assert finished["actor"] == "process_job"
    assert (finished["rows"], finished["issues"], finished["status"]) == (2, 1, "NEEDS_REVIEW")
    assert finished["seconds"] > 0
    failed = the(lines, "job_failed", job_id=broken)
    assert (failed["user_id"], failed["request_id"]) == (user_id, "request-of-the-broken")
    told = [line for line in lines if line["event"].startswith(("job_", "file_"))]
    assert {line["job_id"] for line in told} == {reviewed, broken}
    # The process that only watches over the others, and libraries, use the same pipeline.
    assert {"dramatiq.MainProcess"} <= {line["logger"] for line in lines}


@contextmanager
def dashboard(environment: dict[str, str], log: Path) -> Iterator[str]:
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            commands.dashboard(port), cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def status_at(address: str, **headers: str) -> int:
    try:
        return urllib3.request("GET", address, headers=headers, retries=False, timeout=10).status
    except urllib3.exceptions.HTTPError:
        return 0


def test_every_line_of_the_dashboard_is_an_object_and_says_whose_request_it_is(
    json_environment: dict[str, str],
    send: Callable[[bytes, str], int],
    sessions: Sessions,
    bucket: Bucket,
    user_id: int,
    tmp_path: Path,
) -> None:
    job_id = send(CONFLICT, "request-of-the-upload")
    processing.process(sessions, bucket, job_id)
    with sessions() as session:
        email = session.execute(text("SELECT email FROM users WHERE id = :u"), {"u": user_id}).scalar_one()
    token = token_of(sessions, email)
    log = tmp_path / "dashboard.log"
    with dashboard(json_environment, log) as address:
        eventually(lambda: status_at(f"{address}/healthz") == 200, "ready")
        assert status_at(f"{address}/livez") == 200
        assert status_at(f"{address}/") == 200
        cookie = {"cookie": f"{SESSION_COOKIE}={token}", "x-request-id": "request-of-the-download"}
        report = f"{address}/downloads/{job_id}/to-correct.csv?a={SECRET}"
        answer = urllib3.request("GET", report, headers=cookie)
        assert (answer.status, answer.headers["x-request-id"]) == (200, "request-of-the-download")
        assert status_at(f"{address}/downloads/{job_id}/to-correct.csv") == 401
    lines = lines_of(log)
    assert {line["service"] for line in lines} == {"dashboard"}
    request = the(lines, "request", status=200)
    assert request["path"] == f"/downloads/{job_id}/to-correct.csv"
    assert (request["job_id"], request["user_id"]) == (job_id, user_id)
    assert request["request_id"] == "request-of-the-download"
    downloaded = the(lines, "downloaded")
    assert (downloaded["job_id"], downloaded["request_id"]) == (job_id, "request-of-the-download")
    refused = the(lines, "request", status=401)
    assert "user_id" not in refused
    assert len(refused["request_id"]) == 32
    assert {"uvicorn.error"} <= {line["logger"] for line in lines}
    assert not [line for line in lines if line["level"] in ("error", "critical")]
    assert email not in log.read_text()
    assert "?a=" not in log.read_text(), "queries may hold anything"
    assert not [line for line in lines if "/healthz" in str(line)]


def test_a_migration_writes_the_same_lines(json_environment: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "migration.log"
    with log.open("wb") as output:
        subprocess.run(
            commands.MIGRATE, cwd=ROOT, env=json_environment, stdout=output, stderr=output, check=True
        )
    assert {line["service"] for line in lines_of(log)} == {"migration"}
