"""python -m ingestion.users, by its main and as a process, on a real Postgres."""

import io
import json
import logging
import subprocess
import sys

import bcrypt
import pytest

from db.engine import Sessions
from ingestion import access_links, accounts, resets
from ingestion import sessions as web_sessions
from ingestion.rules.permissions import Role
from ingestion.users import __main__ as command
from tests.accounts import add_account
from tests.conftest import ROOT
from tests.entries import entries
from tests.sign_ins import token_of

PASSWORD = "a new one for the door"


@pytest.fixture(autouse=True)
def in_environment(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], sessions: Sessions) -> None:  # noqa: ARG001
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> "Say":
    # The command logs nowhere; what tests before it set up would.
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    return Say(capsys)


class Say:
    """Runs the command; keeps what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str) -> int:
        code = command.main(list(arguments))
        self.out, self.err = self._capsys.readouterr()
        return code


def add(say: Say, monkeypatch: pytest.MonkeyPatch, email: str, *more: str, password: str = PASSWORD) -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\nnot a part of it\n"))
    return say("add", email, "--first-name", "Ana", "--last-name", "López", "--password-stdin", *more)


def role_of(sessions: Sessions, email: str) -> str | None:
    found = accounts.credentials_of(sessions, email)
    return found.account.role if found else None


@pytest.mark.parametrize("mode", ["open", "invite", "closed"])
def test_the_first_account_is_made_in_every_mode_with_a_password_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, sessions: Sessions, say: Say, mode: str
) -> None:
    monkeypatch.setenv("REGISTRATION", mode)

    assert add(say, monkeypatch, " Ana@Example.com") == 0

    assert say.err == "ana@example.com has an account as administrator.\n"
    found = accounts.credentials_of(sessions, "ana@example.com")
    assert found is not None
    assert bcrypt.checkpw(PASSWORD.encode(), found.password_hash.encode())
    assert found.account.first_name == "Ana"


def test_an_account_is_made_whose_owner_sets_the_password_by_a_link(sessions: Sessions, say: Say) -> None:
    assert say("add", "ana@example.com", "--first-name", "Ana", "--last-name", "L", "--link") == 0

    base, token = say.out.removesuffix("\n").split("=")
    assert base == "http://127.0.0.1:8501/?reset"
    resets.set_password(sessions, token, PASSWORD)
    found = accounts.credentials_of(sessions, "ana@example.com")
    assert found is not None
    assert bcrypt.checkpw(PASSWORD.encode(), found.password_hash.encode())


def test_a_password_is_asked_for_twice(monkeypatch: pytest.MonkeyPatch, sessions: Sessions, say: Say) -> None:
    typed = iter([PASSWORD, "another", PASSWORD, PASSWORD])
    monkeypatch.setattr(command, "getpass", lambda _: next(typed))
    adding = ("add", "ana@example.com", "--first-name", "Ana", "--last-name", "L")

    assert say(*adding) == 1
    assert "two passwords differ" in say.err
    assert role_of(sessions, "ana@example.com") is None

    assert say(*adding) == 0
    assert role_of(sessions, "ana@example.com") == "administrator"


@pytest.mark.parametrize(
    ("email", "password", "more", "said"),
    [
        ("ben@example.com", "short", (), "at least 12"),
        ("ana@example.com", PASSWORD, (), "already an account"),
        ("ben", PASSWORD, (), "complete e-mail address"),
        ("ben@example.com", PASSWORD, ("--first-name", " "), "1 to 100 characters"),
    ],
)
def test_what_is_refused_is_said_on_standard_error(
    monkeypatch: pytest.MonkeyPatch,
    sessions: Sessions,
    say: Say,
    email: str,
    password: str,
    more: tuple[str, ...],
    said: str,
) -> None:
    add_account(sessions)

    assert add(say, monkeypatch, email, *more, password=password) == 1

    assert said in say.err
    assert say.out == ""
    assert len(entries(sessions)) == 1


def test_an_empty_standard_input_is_no_password(monkeypatch: pytest.MonkeyPatch, say: Say) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))

    assert say("add", "ana@example.com", "--first-name", "A", "--last-name", "L", "--password-stdin") == 1

    assert "no password on standard input" in say.err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("remove", "ana@example.com"),
        ("add", "ana@example.com"),
        ("role", "ana@example.com", "king"),
        ("add", "ana@example.com", "--first-name", "A", "--last-name", "L", "--password", PASSWORD),
    ],
)
def test_what_cannot_be_understood_ends_with_2(say: Say, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        say(*arguments)

    assert ended.value.code == 2


def test_accounts_are_listed_for_people_and_for_programs(sessions: Sessions, say: Say) -> None:
    assert say("list") == 0
    assert "no account yet" in say.out
    ana = add_account(sessions)
    add_account(sessions, "ben@example.com", "Ben", "Li", role=Role.REVIEWER)

    assert say("list") == 0
    head, first, second = say.out.splitlines()
    assert head.split() == ["E-mail", "Name", "Role", "State", "Last", "active", "(UTC)", "Uploads"]
    assert first.split() == ["ana@example.com", "Ana", "López", "administrator", "active", "never", "0"]
    assert second.split()[:1] == ["ben@example.com"]

    assert say("list", "--json") == 0
    found = json.loads(say.out)
    assert (found[0]["id"], found[0]["email"], found[0]["role"]) == (
        ana.id,
        ana.email,
        "administrator",
    )


def test_an_invitation_is_printed_alone_for_scripts(sessions: Sessions, say: Say) -> None:
    add_account(sessions)

    assert say("invite", "eve@example.com", "--role", "reviewer", "--address", "https://c.example.com/") == 0

    base, token = say.out.removesuffix("\n").split("=")
    assert base == "https://c.example.com/?invitation"
    assert access_links.invitation(sessions, "invite", token).role is Role.REVIEWER
    assert "Good once, until" in say.err


def test_an_invitation_that_nobody_could_use_is_refused(
    monkeypatch: pytest.MonkeyPatch, sessions: Sessions, say: Say
) -> None:
    add_account(sessions)
    monkeypatch.setenv("REGISTRATION", "closed")

    assert say("invite", "eve@example.com") == 1

    assert "REGISTRATION is closed" in say.err


def test_a_reset_is_printed_for_this_machine_unless_said_otherwise(sessions: Sessions, say: Say) -> None:
    ana = add_account(sessions)

    assert say("reset", "ANA@example.com") == 0

    base, token = say.out.removesuffix("\n").split("=")
    assert base == "http://127.0.0.1:8501/?reset"
    assert resets.owner_of(sessions, token) == ana.email


def test_accounts_are_looked_after(sessions: Sessions, say: Say) -> None:
    add_account(sessions)
    ben = add_account(sessions, "ben@example.com", "Ben", "Li")
    token = token_of(sessions, ben.email)
    assert token is not None

    assert say("role", ben.email, "reviewer") == 0
    assert role_of(sessions, ben.email) == "reviewer"
    assert say("sign-out", ben.email) == 0
    assert say.err == "Sessions ended: 1.\n"
    assert web_sessions.account_of(sessions, token) is None
    assert say("deactivate", ben.email) == 0
    assert role_of(sessions, ben.email) is None
    assert say("activate", ben.email) == 0
    assert role_of(sessions, ben.email) == "reviewer"

    made = [entry for entry in entries(sessions)[2:] if entry.action != "sign_in"]
    assert [entry.action for entry in made] == [
        "change_role",
        "end_sessions",
        "deactivate_account",
        "activate_account",
    ]
    assert {(entry.user_id, entry.detail["by"]) for entry in made} == {(None, "command")}


@pytest.mark.parametrize("name", ["role", "deactivate", "activate", "reset", "sign-out"])
def test_an_unknown_address_is_refused(sessions: Sessions, say: Say, name: str) -> None:
    add_account(sessions)

    assert say(name, "nobody@example.com", *(["reviewer"] if name == "role" else [])) == 1

    assert say.err == "There is no account with this e-mail address.\n"


def test_the_last_administrator_stays_and_the_way_back_is_to_promote_another(
    sessions: Sessions, say: Say
) -> None:
    ana = add_account(sessions)
    add_account(sessions, "ben@example.com")

    assert say("deactivate", ana.email) == 1
    assert "last administrator" in say.err

    assert say("role", "ben@example.com", "administrator") == 0
    assert say("deactivate", ana.email) == 0


def test_an_end_of_the_input_is_an_interruption(monkeypatch: pytest.MonkeyPatch, say: Say) -> None:
    def asked(_: str) -> str:
        raise EOFError

    monkeypatch.setattr(command, "getpass", asked)

    assert say("add", "ana@example.com", "--first-name", "A", "--last-name", "L") == 1

    assert say.err == "Interrupted. Nothing was done.\n"


@pytest.mark.parametrize(
    ("url", "said"),
    [("", "DATABASE_URL"), ("postgresql://u:p@127.0.0.1:1/none", "The database does not answer")],
)
def test_without_a_database_the_reason_is_said(
    monkeypatch: pytest.MonkeyPatch, say: Say, url: str, said: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)

    assert say("list") == 1

    assert said in say.err


def test_it_runs_as_a_process(environment: dict[str, str], sessions: Sessions) -> None:
    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-m", "ingestion.users", *arguments]
        return subprocess.run(
            program, cwd=ROOT, env=environment, input=typed, capture_output=True, text=True, check=False
        )

    adding = ("add", "ana@example.com", "--first-name", "Ana", "--last-name", "L", "--password-stdin")
    done = run(*adding, typed=PASSWORD)
    assert (done.returncode, done.stdout) == (0, "")
    assert role_of(sessions, "ana@example.com") == "administrator"

    refused = run(*adding, typed=PASSWORD)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Traceback" not in refused.stderr
    assert run("add").returncode == 2
    help_ = run("--help")
    assert help_.returncode == 0
    assert "Exit codes" in help_.stdout
