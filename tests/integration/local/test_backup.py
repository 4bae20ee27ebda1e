"""python3 run.py backup and restore, in a copy of the project, as processes of their own."""

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import bcrypt
import psycopg2
import pytest

from dashboard.auth_routes import TICKET_HEADER
from dashboard.session_cookie import SESSION_COOKIE
from db.engine import make_engine, make_sessions
from ingestion import accounts, deciding, processing, undoing, uploads, viewing
from ingestion.rules.issues import IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.settings import Settings
from ingestion.storage import make_bucket
from tests.accounts import add_account
from tests.integration.desk import DUPLICATES, HEADER, Desk
from tests.launcher import Launcher, copy_of_project, run_to_its_end, take_turn
from tests.sign_ins import ticket_of
from tests.worker import eventually

EMAIL, PASSWORD = "ana@example.com", b"correct horse battery staple"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    with copy_of_project(tmp_path) as copy:
        yield copy


@pytest.fixture
def start(project: Path) -> Iterator[Callable[[], "Running"]]:
    """Starts the product; what a failed test left running is stopped."""
    started: list[Launcher] = []

    def start() -> Running:
        started.append(Launcher(project))
        return Running(project, started[-1])

    yield start
    for launcher in started:
        if launcher.process.poll() is None:
            launcher.end(signal.SIGINT)


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    turn = take_turn()
    try:
        return run_to_its_end(project, *arguments)
    finally:
        os.close(turn)


class Running:
    """The product that a launcher runs, as its use-cases and over HTTP."""

    def __init__(self, project: Path, launcher: Launcher) -> None:
        self.launcher = launcher
        self.address = launcher.address()
        self.variables: dict[str, str] = json.loads((project / ".local" / "launcher.lock").read_text())[
            "services"
        ]
        self.settings = Settings.model_validate(
            {name.lower(): value for name, value in self.variables.items()}
        )
        self._engine = make_engine(self.settings.database_url)
        self.sessions = make_sessions(self._engine)
        self.bucket = make_bucket(self.settings)

    def stop(self) -> None:
        self._engine.dispose()
        assert self.launcher.end(signal.SIGINT) == 0

    def upload(self, user_id: int, content: str) -> int:
        """An upload whose message gets lost."""
        return uploads.submit(
            self.sessions,
            self.bucket,
            lambda _job, _key: None,
            user_id=user_id,
            filename="may.csv",
            content=content.encode(),
            max_bytes=5_000_000,
        )

    def sign_in(self) -> str:
        """A session's cookie, for the password that people know."""
        known = accounts.credentials_of(self.sessions, EMAIL)
        assert known is not None
        assert bcrypt.checkpw(PASSWORD, known.password_hash.encode())
        ticket = ticket_of(self.sessions, EMAIL)
        answer = self.ask("POST", "/auth/exchange", {TICKET_HEADER: ticket, "origin": self.address})
        return str(answer.cookie).split(";")[0]

    def ask(self, method: str, path: str, headers: dict[str, str]) -> "Answer":
        with closing(HTTPConnection(self.address.removeprefix("http://"))) as connection:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers["set-cookie"], answer.read())

    def download(self, cookie: str, path: str) -> bytes:
        answer = self.ask("GET", f"/downloads/{path}", {"cookie": cookie})
        assert answer.status == 200
        return answer.body


@dataclass(frozen=True)
class Answer:
    """What the dashboard answers."""

    status: int
    cookie: str | None
    body: bytes


@dataclass(frozen=True)
class Made:
    """What somebody did before the backup."""

    user_id: int
    finalized: int
    under_way: int
    cookie: str
    exports: list[bytes]


def made_in(product: Running) -> Made:
    """An upload with two versions of its contacts, one in review, one under way."""
    hashed = bcrypt.hashpw(PASSWORD, bcrypt.gensalt(4)).decode()
    user_id = add_account(product.sessions, EMAIL, "Ana", "Silva", hashed).id
    finalized, in_review = (product.upload(user_id, HEADER + DUPLICATES + extra) for extra in ("", "x,,,,\n"))
    for job_id in (finalized, in_review):
        processing.process(product.sessions, product.bucket, job_id)
    desk = Desk(product.sessions, user_id, finalized)
    deciding.choose(product.sessions, desk.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    desk.finalize()
    undoing.undo(product.sessions, user_id, finalized, 1)
    deciding.skip(product.sessions, desk.see(IssueType.DUPLICATE_EMAIL))
    desk.finalize()
    under_way = product.upload(user_id, HEADER + "bo@x.com,Bo,Li,Hooli,3\n")
    cookie = product.sign_in()
    return Made(user_id, finalized, under_way, cookie, exports_of(product, cookie, finalized))


def exports_of(product: Running, cookie: str, job_id: int) -> list[bytes]:
    names = ("contacts.csv", "contacts-v1.csv", "contacts-v2.csv", "contacts.parquet", "to-correct.csv")
    return [product.download(cookie, f"{job_id}/{name}") for name in names]


def test_backup_reset_restore_gives_the_same_exports_byte_for_byte(
    project: Path, start: Callable[[], Running], tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    before = start()
    made = made_in(before)
    assert made.exports[1] != made.exports[2] == made.exports[0]
    with psycopg2.connect(before.settings.database_url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE of_a_later_migration AS SELECT 'Ana' AS name")
    connection.close()

    backed_up = run(project, "backup", str(file))

    assert backed_up.returncode == 0, backed_up.stdout
    assert "3 uploads of 1 accounts, 3 files" in backed_up.stdout
    assert "password hashes" in backed_up.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    refused = run(project, "restore", "--force", str(file))
    assert refused.returncode == 1
    assert "Stop the product first" in refused.stdout
    before.stop()
    assert run(project, "reset", "--yes").returncode == 0
    assert not (project / ".local").exists()

    restored = run(project, "restore", str(file))

    assert restored.returncode == 0, restored.stdout
    after = start()
    refusal = after.ask("GET", f"/downloads/{made.finalized}/contacts.csv", {"cookie": made.cookie})
    assert refusal.status == 401
    cookie = after.sign_in()
    assert cookie.startswith(SESSION_COOKIE)
    assert exports_of(after, cookie, made.finalized) == made.exports
    eventually(
        lambda: viewing.get(after.sessions, made.user_id, made.under_way).status is JobStatus.COMPLETED,
        "the upload that was under way is completed",
    )
    replayed = subprocess.run(
        [sys.executable, "-m", "ingestion.replay", "--all"],
        cwd=project,
        env={**os.environ, **after.variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert replayed.returncode == 0
    assert replayed.stdout.count("identical") == 3
    with psycopg2.connect(after.settings.database_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT name FROM of_a_later_migration")
        assert cursor.fetchone() == ("Ana",)
    connection.close()
    after.stop()


def test_a_restore_that_is_killed_leaves_the_present_data(
    project: Path, start: Callable[[], Running], tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    first = start()
    made = made_in(first)
    first.stop()
    stopped = run(project, "backup", str(file))
    assert stopped.returncode == 0, stopped.stdout
    again = run(project, "backup", str(file))
    assert again.returncode == 1
    assert "exists already" in again.stdout

    restoring = Launcher(project, "restore", "--force", str(file))
    restoring.wait_for(r"(S3 and SQS)")
    assert restoring.end(signal.SIGKILL) == -signal.SIGKILL

    second = start()
    assert "A restore was stopped half-way" in second.launcher.output
    assert exports_of(second, made.cookie, made.finalized) == made.exports
    assert not (project / ".local" / "restoring").exists()
    second.stop()
    restored = run(project, "restore", "--force", str(file))
    assert restored.returncode == 0, restored.stdout


def test_restore_asks_first_and_touches_nothing_for_a_file_that_is_no_backup(
    project: Path, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    file.write_bytes(b"no tar")
    (project / ".local" / "postgres").mkdir(parents=True)
    asked = run_to_its_end(project, "restore", str(file), typed="n\n")
    assert asked.returncode == 1
    assert "Nothing was changed" in asked.stdout

    refused = run(project, "restore", "--force", str(file))

    assert refused.returncode == 1
    assert f"{file} is no whole backup" in refused.stdout
    assert list((project / ".local" / "postgres").iterdir()) == []
    missing = run(project, "restore", "--force", str(tmp_path / "missing.tar"))
    assert "There is no file" in missing.stdout
