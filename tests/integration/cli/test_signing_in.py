"""Signing in at a shell: by the same checks, pauses and sessions as in a browser."""

import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from cli.main import ingest
from db.engine import Sessions
from ingestion import sessions as web_sessions
from ingestion.accounts import Account
from ingestion.rules.pauses import PAUSES
from ingestion.rules.permissions import Role
from tests.entries import entries
from tests.integration.cli.conftest import PASSWORD, Shell, person


def wrong(shell: Shell, email: str, code: int = 1) -> str:
    return shell("sign-in", email, "--password-stdin", typed="not this one\n", code=code).stderr


def test_a_session_begins_that_its_owner_finds_in_the_list_and_can_end(
    shell: Shell, owner: Account, sessions: Sessions
) -> None:
    shell.sign_in(owner)

    assert shell.json("whoami")["email"] == owner.email
    [listed] = web_sessions.listed(sessions, owner.id, "another")
    assert listed.browser.startswith("Command line on ")
    assert listed.address
    web_sessions.end_one(sessions, owner.id, listed.id)
    assert "the session was ended" in shell("whoami", code=3).stderr
    assert [entry.action for entry in entries(sessions)][-2:] == ["sign_in", "sign_out"]


def test_signing_out_ends_the_session(shell: Shell, owner: Account, sessions: Sessions) -> None:
    shell.sign_in(owner)
    shell("sign-out")

    assert web_sessions.listed(sessions, owner.id, "") == []
    assert "not signed in" in shell("jobs", code=3).stderr
    shell("sign-out", code=3)


def test_to_sign_in_again_ends_the_session_before(shell: Shell, owner: Account, sessions: Sessions) -> None:
    shell.sign_in(owner).sign_in(owner)

    assert len(web_sessions.listed(sessions, owner.id, "")) == 1


def test_a_password_is_asked_for_and_never_shown(shell: Shell, owner: Account) -> None:
    result = shell("sign-in", typed=f"{owner.email}\n{PASSWORD}\n")

    assert PASSWORD not in result.output
    assert result.stderr.startswith("E-mail: ")
    assert owner.email in result.stdout


@pytest.fixture
def slow_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that are not over before the next try, however slow the machine."""
    for kind, usual in PAUSES.items():
        monkeypatch.setitem(PAUSES, kind, replace(usual, first=60))


@pytest.mark.usefixtures("slow_pauses")
def test_wrong_passwords_are_counted_like_those_of_the_page(
    shell: Shell, owner: Account, sessions: Sessions
) -> None:
    for _ in range(5):
        assert wrong(shell, owner.email) == "The e-mail address or the password is wrong.\n"

    assert "Too many passwords were wrong. Please try again in" in wrong(shell, owner.email)
    refused = shell("sign-in", owner.email, "--password-stdin", typed=f"{PASSWORD}\n", code=1)
    assert "Too many" in refused.stderr
    made = [entry.action for entry in entries(sessions)]
    assert made.count("sign_in_refused") == 5
    assert "sign_in_paused" in made


def test_an_address_that_nobody_has_reads_the_same(shell: Shell, owner: Account) -> None:
    assert wrong(shell, "nobody@example.com") == wrong(shell, owner.email)


@pytest.mark.usefixtures("slow_pauses")
def test_who_signed_in_here_before_is_not_held_up_by_others_who_guess(shell: Shell, owner: Account) -> None:
    shell.sign_in(owner)
    shell("sign-out")
    elsewhere = shell.of_another()
    for _ in range(6):
        wrong(elsewhere, owner.email)

    assert "Too many" in wrong(elsewhere, owner.email)
    shell("sign-in", owner.email.upper(), "--password-stdin", typed=f"{PASSWORD}\n")
    shell.sign_in(owner)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("seen_at = seen_at - interval '31 minutes'", "30 minutes without activity"),
        ("expires_at = now() - interval '1 second', created_at = now() - interval '12 hours'", "at most"),
    ],
)
def test_a_session_that_ended_by_itself_says_why(
    shell: Shell, owner: Account, sessions: Sessions, change: str, said: str
) -> None:
    shell.sign_in(owner)
    with sessions.begin() as session:
        session.execute(text(f"UPDATE sessions SET {change}"))

    assert said in shell("jobs", code=3).stderr


def test_a_deactivated_account_is_out_at_once(shell: Shell, owner: Account) -> None:
    shell.sign_in(owner)
    shell("users", "deactivate", owner.email)

    assert "deactivated" in shell("jobs", code=3).stderr


def test_an_error_is_json_where_json_is_asked_for(shell: Shell) -> None:
    result = shell("jobs", "--json", code=3)

    assert result.stdout == ""
    assert json.loads(result.stderr)["error"]["kind"] == "NotSignedIn"


@pytest.mark.parametrize(
    ("url", "said"),
    [("", "DATABASE_URL"), ("postgresql://u:p@127.0.0.1:1/none", "database did not answer")],
)
def test_without_an_installation_the_reason_is_said(shell: Shell, url: str, said: str) -> None:
    shell.environment["DATABASE_URL"] = url

    refused = shell("sign-in", "ana@example.com", "--password-stdin", typed="x\n", code=4)
    assert said in refused.stderr


def test_a_password_that_is_not_utf_8_is_refused_before_it_counts(
    shell: Shell, owner: Account, sessions: Sessions
) -> None:
    arguments = ["sign-in", owner.email, "--password-stdin"]
    refused = CliRunner().invoke(ingest, arguments, input=b"p\xff\n", env=dict(shell.environment))

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "not in UTF-8" in refused.stderr
    with sessions() as session:
        assert session.execute(text("SELECT count(*) FROM throttles")).scalar() == 0


@pytest.mark.parametrize(
    ("address", "typed", "said"),
    [((), "", "name the address"), (("ana@example.com",), "", "--password-stdin")],
)
def test_where_nobody_can_be_asked_it_says_what_to_give_instead(
    shell: Shell, address: tuple[str, ...], typed: str, said: str
) -> None:
    assert said in shell("sign-in", *address, typed=typed, code=2).stderr
    as_json = shell("sign-in", *address, "--json", typed="ana@example.com\nx\n", code=2)
    assert as_json.stdout == ""
    assert said in json.loads(as_json.stderr)["error"]["message"]


def test_where_the_token_cannot_be_kept_no_session_begins_and_none_ends(
    shell: Shell, owner: Account, sessions: Sessions, tmp_path: Path
) -> None:
    shell.sign_in(owner)
    elsewhere = shell.of_another()
    elsewhere.state.symlink_to(tmp_path / "none")

    refused = elsewhere("sign-in", owner.email, "--password-stdin", typed=f"{PASSWORD}\n", code=1)
    assert str(elsewhere.state) in refused.stderr
    assert len(web_sessions.listed(sessions, owner.id, "")) == 1


def test_a_session_whose_token_was_not_kept_is_ended(
    shell: Shell, owner: Account, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, *_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_text", full)
    refused = shell("sign-in", owner.email, "--password-stdin", typed=f"{PASSWORD}\n", code=1)
    assert "No space left" in refused.stderr
    assert web_sessions.listed(sessions, owner.id, "") == []


def test_a_token_that_others_can_read_is_not_used(shell: Shell, owner: Account) -> None:
    shell.sign_in(owner)
    [kept] = shell.state.rglob("*.json")
    kept.chmod(0o644)

    assert "Others can read or change" in shell("whoami", code=1).stderr
    kept.unlink()
    shell.sign_in(owner)


def test_an_empty_standard_input_is_no_password(shell: Shell, owner: Account) -> None:
    assert "no password" in shell("sign-in", owner.email, "--password-stdin", typed="", code=1).stderr


def test_accounts_are_looked_after_without_a_sign_in(shell: Shell, sessions: Sessions) -> None:
    adding = ("--first-name", "Ana", "--last-name", "Silva", "--password-stdin")
    assert shell("users", "add", "ana@example.com", *adding, typed=f"{PASSWORD}\n")
    assert shell("users", "--help").stdout.startswith("usage: ingest users ")
    shell("users", "add", "ana@example.com", *adding, typed=f"{PASSWORD}\n", code=1)
    shell("users", "nonsense", code=2)
    shell.sign_in(Account(1, "ana@example.com", "", "", ""))
    assert shell.json("whoami")["role"] == Role.ADMINISTRATOR
    person(sessions, "ben", Role.REVIEWER)
    [listed] = [
        one for one in json.loads(shell("users", "list", "--json").stdout) if one["role"] == "reviewer"
    ]
    assert listed["email"] == "ben@example.com"
