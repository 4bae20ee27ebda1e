"""A shell in which commands are given, over the real use-cases; workers work at once."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from cli.installation import Installation
from cli.main import ingest
from db.engine import Sessions
from ingestion import finalization, password_hashes, processing
from ingestion.accounts import Account
from ingestion.rules.permissions import Role
from ingestion.storage import Bucket
from ingestion.telemetry import process
from tests.accounts import add_account
from tests.logged import nothing_logged

PASSWORD = "a new one for the door"
SAMPLES = Path(__file__).parents[3] / "samples"


class Shell:
    """Somebody's shell: gives commands, keeps where they signed in."""

    def __init__(self, environment: dict[str, str], state: Path) -> None:
        self.state = state
        self.environment = {**environment, "XDG_STATE_HOME": str(state)}

    def __call__(self, *arguments: object, typed: str | None = None, code: int = 0) -> Result:
        """Give a command, which ends with this code."""
        words = list(map(str, arguments))
        result = CliRunner().invoke(ingest, words, input=typed, env=dict(self.environment))
        assert result.exit_code == code, (result.exit_code, result.output, result.exception)
        return result

    def json(self, *arguments: object, code: int = 0) -> Any:
        """Give a command that answers in JSON; its answer."""
        return json.loads(self(*arguments, "--json", code=code).stdout)

    def of_another(self) -> "Shell":
        """The shell of somebody else, at another machine."""
        return Shell(self.environment, self.state.with_name(f"{self.state.name}-of-another"))

    def sign_in(self, account: Account) -> "Shell":
        self("sign-in", account.email, "--password-stdin", typed=f"{PASSWORD}\n")
        return self


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> Iterator[None]:
    """Tests share a process, which no command may take over; the queue is that of the environment."""
    monkeypatch.setattr(process, "start", lambda *_: None)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with nothing_logged():
        yield


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch, sessions: Sessions, bucket: Bucket) -> None:
    """Workers that are done before the command that asks them is."""

    def process_job(_: Installation, job_id: int, _key: str) -> None:
        processing.process(sessions, bucket, job_id)
        finalization.finalize(sessions, job_id)

    monkeypatch.setattr(Installation, "enqueue_process", process_job)
    monkeypatch.setattr(
        Installation, "enqueue_finalize", lambda _, job_id: finalization.finalize(sessions, job_id)
    )


def person(sessions: Sessions, name: str, role: Role) -> Account:
    return add_account(
        sessions, f"{name}@example.com", name.title(), "Silva", password_hashes.hash_of(PASSWORD), role
    )


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def end_sessions(sessions: Sessions) -> None:
    """As the page does that lists where somebody is signed in."""
    with sessions.begin() as session:
        session.execute(text("UPDATE sessions SET revoked_at = now()"))


@pytest.fixture
def owner(sessions: Sessions) -> Account:
    """The administrator first, then an operator, who uploads."""
    person(sessions, "ada", Role.ADMINISTRATOR)
    return person(sessions, "olga", Role.OPERATOR)


@pytest.fixture
def shell(environment: dict[str, str], tmp_path: Path) -> Shell:
    """Nobody's yet."""
    return Shell(environment, tmp_path / "state")


@pytest.fixture
def at(shell: Shell, owner: Account, workers: None) -> Shell:  # noqa: ARG001
    """The operator's, signed in."""
    return shell.sign_in(owner)


@pytest.fixture
def job(at: Shell) -> int:
    """An upload in review, of the sample with an issue of each kind."""
    [upload] = at.json("upload", SAMPLES / "test-jobs.csv")["uploads"]
    return int(upload["id"])
