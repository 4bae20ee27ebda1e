import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from local import postgres_servers, processes
from local.errors import StackError
from local.ports import free_port
from local.postgres import EmbeddedPostgres

STARTS_AND_WAITS = """
import sys, time
from pathlib import Path
from local.ports import free_port
from local.postgres import EmbeddedPostgres
folder = Path(sys.argv[1])
server = EmbeddedPostgres(folder / "postgres", folder / "postgres.log")
server.start(free_port())
print(server.url("contacts"), flush=True)
time.sleep(60)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "postgres", tmp_path / "postgres.log")
    server.start(free_port())
    yield server
    server.delete()


def run(url: str, statement: str) -> object:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None
    finally:
        connection.close()


def pid_of(server: EmbeddedPostgres) -> int:
    assert server.identity is not None
    return server.identity.pid


def test_data_are_there_after_stop_and_start(server: EmbeddedPostgres) -> None:
    run(server.url("contacts"), "CREATE TABLE names AS SELECT 'Ana' AS name")
    server.stop()
    assert server.exit_code is not None
    server.start(free_port())
    assert run(server.url("contacts"), "SELECT name FROM names") == "Ana"


def test_data_are_there_after_the_server_was_killed(server: EmbeddedPostgres) -> None:
    run(server.url("contacts"), "CREATE TABLE names AS SELECT 'Ana' AS name")
    os.kill(pid_of(server), signal.SIGKILL)
    while server.exit_code is None:
        time.sleep(0.01)
    assert server.exit_code == -signal.SIGKILL
    server.start(free_port())
    assert run(server.url("contacts"), "SELECT name FROM names") == "Ana"


def test_a_cluster_is_utf8_in_the_c_locale(server: EmbeddedPostgres) -> None:
    url = server.url("contacts")
    assert run(url, "SHOW server_encoding") == "UTF8"
    assert run(url, "SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C"


def test_nobody_gets_in_without_the_password(server: EmbeddedPostgres, tmp_path: Path) -> None:
    password = tmp_path / "postgres" / "password"
    assert password.stat().st_mode & 0o777 == 0o600
    wrong = server.url("contacts").replace(password.read_text(), "wrong")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(wrong)


def test_it_listens_on_loopback_only(server: EmbeddedPostgres) -> None:
    listening = [
        c for c in psutil.Process(pid_of(server)).net_connections() if c.status == psutil.CONN_LISTEN
    ]
    assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}


def test_parameters_are_handed_on(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres", tmp_path / "postgres.log", {"work_mem": "7MB"})
    server.start(free_port())
    try:
        assert run(server.url("contacts"), "SHOW work_mem") == "7MB"
    finally:
        server.delete()


def test_the_server_of_a_killed_launcher_is_taken_over(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_AND_WAITS, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as launcher:
        assert launcher.stdout is not None
        url = launcher.stdout.readline().strip()
        run(url, "CREATE TABLE names AS SELECT 'Ana' AS name")
        launcher.kill()
    data = (tmp_path / "postgres" / "server").resolve() / "data"
    orphan = psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))
    assert processes.is_alive(orphan)

    server = EmbeddedPostgres(tmp_path / "postgres", tmp_path / "postgres.log")
    server.start(free_port())
    try:
        assert not processes.is_alive(orphan)
        assert run(server.url("contacts"), "SELECT name FROM names") == "Ana"
    finally:
        server.delete()
    assert not data.exists()


def test_a_second_launcher_does_not_take_a_living_ones_server(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    second = EmbeddedPostgres(tmp_path / "postgres", tmp_path / "postgres.log")
    with pytest.raises(StackError, match="Another launcher is running the database"):
        second.start(free_port())
    assert server.exit_code is None


def test_a_number_that_was_given_away_is_left_alone(server: EmbeddedPostgres, tmp_path: Path) -> None:
    server.stop()
    data = (tmp_path / "postgres" / "server").resolve() / "data"
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n")
        server.start(free_port())
        assert stranger.poll() is None
        assert server.exit_code is None
        stranger.kill()


def test_an_interrupted_initdb_is_begun_again() -> None:
    # Not under tmp_path, which is closed to the user that root's server runs as: data would go elsewhere.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        unfinished = folder / "postgres" / "server" / "data.new"
        unfinished.mkdir(parents=True)
        (unfinished / "PG_VERSION").write_text("18\n")
        server = EmbeddedPostgres(folder / "postgres", folder / "postgres.log")
        server.start(free_port())
        try:
            assert run(server.url("contacts"), "SELECT 1") == 1
            assert (folder / "postgres" / "server" / "data").is_dir()
        finally:
            server.delete()


def test_data_of_another_major_version_are_refused_in_words(server: EmbeddedPostgres, tmp_path: Path) -> None:
    server.stop()
    data = (tmp_path / "postgres" / "server").resolve() / "data"
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(StackError, match="is of PostgreSQL 9 and this release brings 18"):
        server.start(free_port())


def test_a_start_that_fails_names_the_cause(server: EmbeddedPostgres, tmp_path: Path) -> None:
    server.stop()
    data = (tmp_path / "postgres" / "server").resolve() / "data"
    (data / "postgresql.conf").write_text("no_such_parameter = 1\n")
    with pytest.raises(StackError, match=r"Postgres did not start \(.*see .*postgres\.log"):
        server.start(free_port())


def test_no_process_is_left_after_delete(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres", tmp_path / "postgres.log")
    server.start(free_port())
    data = (tmp_path / "postgres" / "server").resolve() / "data"
    assert postgres_servers.over(data) != []
    server.delete()
    assert postgres_servers.over(data) == []
    assert not (tmp_path / "postgres").exists()
