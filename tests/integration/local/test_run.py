"""python3 run.py as people use it: in a copy of the project, as a process of its own."""

import signal
from collections.abc import Iterator
from pathlib import Path

import boto3
import psutil
import psycopg2
import pytest

from local import postgres_servers, processes
from local.aws import answers
from tests.launcher import Launcher, copy_of_project, run_to_its_end


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    with copy_of_project(tmp_path) as copy:
        yield copy


def processes_of(project: Path) -> list[psutil.Process]:
    """Everything that the launcher of `project` started and that runs."""
    marker = str(project / ".local")
    found = postgres_servers.over((project / ".local" / "postgres" / "server").resolve() / "data")
    for process in psutil.process_iter():
        try:
            if process.environ().get(processes.MARKER, "").startswith(marker) and processes.is_alive(process):
                found.append(process)
        except psutil.Error:
            continue
    return found


def database_of(project: Path, launcher: Launcher) -> "psycopg2.extensions.connection":
    address = launcher.wait_for(r"Database +[\d.]+ s +(127\.0\.0\.1:\d+)")
    password = (project / ".local" / "postgres" / "password").read_text()
    connection = psycopg2.connect(f"postgresql://ingestion:{password}@{address}/ingestion_db")
    connection.autocommit = True
    return connection


def test_kill_recover_and_stop(project: Path) -> None:
    first = Launcher(project)
    address = first.address()
    assert answers(f"{address}/healthz")
    with database_of(project, first) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE survivors AS SELECT 'Ana' AS name")
    connection.close()
    s3 = boto3.client(
        "s3",
        endpoint_url="http://" + first.wait_for(r"S3 and SQS +[\d.]+ s +(127\.0\.0\.1:\d+)"),
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    s3.put_object(Bucket="data-ingestion-bucket", Key="uploads/u1/job-1.csv", Body=b"email\n")

    second = run_to_its_end(project)
    assert second.returncode == 1
    assert f"Already running as process {first.process.pid}: open {address}" in second.stdout
    refused = run_to_its_end(project, "reset", "--yes")
    assert refused.returncode == 1
    assert "Already running" in refused.stdout

    worker = next(process for process in processes_of(project) if "--threads" in process.cmdline())
    worker.kill()
    first.wait_for(r"(worker was killed: starting it again)")
    first.wait_for(r"(worker runs again)")

    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    orphans = processes_of(project)
    assert orphans != []

    third = Launcher(project)
    third.address()
    assert [orphan for orphan in orphans if processes.is_alive(orphan)] == []
    with database_of(project, third) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT name FROM survivors")
        assert cursor.fetchone() == ("Ana",)
    connection.close()
    s3 = boto3.client(
        "s3",
        endpoint_url="http://" + third.wait_for(r"S3 and SQS +[\d.]+ s +(127\.0\.0\.1:\d+)"),
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    stored = s3.get_object(Bucket="data-ingestion-bucket", Key="uploads/u1/job-1.csv")
    assert stored["Body"].read() == b"email\n"

    assert third.end(signal.SIGINT) == 0
    assert "dashboard, worker, aws, postgres" in third.output
    assert processes_of(project) == []

    assert run_to_its_end(project, "reset", "--yes").returncode == 0
    assert not (project / ".local").exists()


def test_ctrl_c_in_the_middle_of_a_start_leaves_nothing(project: Path) -> None:
    launcher = Launcher(project)
    launcher.wait_for(r"(S3 and SQS)")
    assert launcher.end(signal.SIGINT) == 0
    assert "Ready" not in launcher.output
    assert processes_of(project) == []


def test_reset_asks_first(project: Path) -> None:
    (project / ".local").mkdir()
    asked = run_to_its_end(project, "reset", typed="n\n")
    assert asked.returncode == 1
    assert "Nothing was deleted" in asked.stdout
    assert (project / ".local").exists()


def test_help_explains(project: Path) -> None:
    shown = run_to_its_end(project, "--help")
    assert shown.returncode == 0
    for word in ("start", "test", "reset"):
        assert word in shown.stdout
