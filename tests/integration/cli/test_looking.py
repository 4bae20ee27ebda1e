"""Looking at uploads, waiting for them, and who may see what."""

from pathlib import Path

import pytest
from sqlalchemy import text

from cli.installation import Installation
from db.engine import Sessions
from ingestion.accounts import Account
from ingestion.rules.permissions import Role
from tests.integration.cli.conftest import SAMPLES, Shell, person


def test_uploads_are_listed_page_by_page(at: Shell, job: int) -> None:
    at("upload", SAMPLES / "clean.csv")

    assert [one["id"] for one in at.json("jobs")] == [2, job]
    first = at("jobs", "--limit", 1)
    assert first.stdout.splitlines()[0].split()[:3] == ["Id", "File", "Status"]
    assert first.stderr == "There may be more: --before 2\n"
    assert [one["id"] for one in at.json("jobs", "--before", 2)] == [job]
    assert at.json("jobs", "--shared") == []
    assert "no upload here" in at("jobs", "--shared").stderr


def test_only_administrators_list_everybodys(at: Shell, shell: Shell, job: int, sessions: Sessions) -> None:
    assert "Only administrators" in at("jobs", "--all", code=1).stderr
    with sessions.begin() as session:
        session.execute(text("UPDATE users SET role = 'administrator'"))
    assert [one["id"] for one in shell.json("jobs", "--all")] == [job]


def test_an_upload_says_where_it_stands_and_what_to_do_next(at: Shell, job: int) -> None:
    shown = at("job", job).stdout

    assert "Status              Needs review" in shown
    assert shown.endswith(f"Next: ingest issues {job}\n")
    found = at.json("job", job)
    assert found["issues"]["DUPLICATE_EMAIL"] == {"open": 2, "settled": 0}
    assert found["balance"]["total_rows"] == found["rows"] == 18


def test_a_hostile_cell_or_name_sends_nothing_to_the_terminal(at: Shell, tmp_path: Path) -> None:
    path = tmp_path / "evil\x1b[2J\u202e.csv"
    path.write_text("email,first_name,last_name,company\x1b[31m\n\x9b2Jana@x,\x1b]0;x\x07,\u202eS,Acme\n")
    at("upload", path, "--column", "company=company\x1b[31m")

    for command in (("jobs",), ("job", 1), ("issues", 1), ("issue", 1, 1)):
        out = at(*command).stdout
        assert not set(out) & set("\x1b\x07\x9b\u202e")
        assert "⍽" in out or command[0] == "issues", "there a name is cleaned already"


def test_waiting_ends_by_what_became_of_it(at: Shell, job: int, sessions: Sessions) -> None:
    at("upload", SAMPLES / "clean.csv")

    assert "completed" in at("watch", 2).stdout
    assert "10 open issues" in at("watch", 2, job, code=6).stdout
    with sessions.begin() as session:
        session.execute(text("UPDATE jobs SET status = 'FAILED', error_message = 'Broken.' WHERE id = 2"))
    assert "failed. Broken. Next: ingest retry 2" in at("watch", 2, job, code=5).stdout
    assert [one["status"] for one in at.json("watch", 2, job, code=5)] == ["FAILED", "NEEDS_REVIEW"]
    assert "completed" in at("retry", 2, "--watch").stdout
    assert "failed upload" in at("retry", 2, code=1).stderr


def test_waiting_keeps_no_session_alive(
    at: Shell, job: int, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sessions.begin() as session:
        session.execute(text("UPDATE jobs SET status = 'PENDING'"))
    asked: list[bool] = []
    account = Installation.account

    def once_more(self: Installation, *, is_activity: bool = True) -> Account:
        asked.append(is_activity)
        if len(asked) == 3:
            with sessions.begin() as session:
                session.execute(text("UPDATE sessions SET revoked_at = now()"))
        return account(self, is_activity=is_activity)

    monkeypatch.setattr(Installation, "account", once_more)

    assert "was ended" in at("watch", job, code=3).stderr
    assert asked == [True, False, False]


@pytest.mark.parametrize(
    "command",
    [
        ("job",),
        ("watch",),
        ("read",),
        ("issues",),
        ("issue", 1),
        ("resolve keep", 9, 4),
        ("resolve merge", 9),
        ("resolve edit", 2, "--use", 1),
        ("resolve accept", 4),
        ("resolve skip", 1),
        ("resolve many", "skip", "--yes"),
        ("history",),
        ("undo",),
        ("finalize",),
        ("retry",),
        ("export",),
        ("export", "--what", "errors"),
        ("export", "--what", "left-out"),
        ("export", "--what", "summary"),
        ("export", "--version", 1),
        ("share",),
        ("share", "ada@example.com"),
        ("unshare", "ada@example.com"),
        ("delete", "--yes"),
    ],
)
def test_of_what_is_not_theirs_nobody_learns_that_it_is(
    shell: Shell,
    sessions: Sessions,
    job: int,
    command: tuple[object, ...],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    shell.sign_in(person(sessions, "eve", Role.OPERATOR))
    name, *rest = command

    for known_or_not in (job, 999):
        refused = shell(*str(name).split(), known_or_not, *rest, code=1)
        assert refused.stderr == "There is no such upload, or it belongs to somebody else.\n"
        assert refused.stdout == ""


@pytest.mark.parametrize("page", [2, 999, 10**30])
def test_a_page_that_an_issue_does_not_have_is_refused(at: Shell, job: int, page: int) -> None:
    assert "The last one of this issue is --page 1." in at("issue", job, 9, "--page", page, code=1).stderr
    at("issue", job, 9, "--page", 1)


@pytest.mark.parametrize(
    "command",
    [
        ("job", 2**63),
        ("issue", 1, 10**20),
        ("resolve", "many", 1, "skip", "--dry-run", "--issue", 10**20),
        ("resolve", "many", 1, "skip", "--dry-run", "--issue", 0),
    ],
)
def test_a_number_that_nothing_can_have_is_not_understood(
    at: Shell, job: int, command: tuple[object, ...]
) -> None:
    assert "is the number of nothing here" in at(*command, code=2).stderr
    at("resolve", "many", job, "skip", "--dry-run", "--issue", 2**63 - 1)


def test_a_reviewer_decides_what_is_shared_and_no_more(at: Shell, job: int, sessions: Sessions) -> None:
    rita = person(sessions, "rita", Role.REVIEWER)
    assert at("share", job, rita.email).stdout == "Shared with Rita Silva (rita@example.com).\n"
    assert at.json("share", job)[0]["email"] == rita.email
    theirs = at.of_another().sign_in(rita)

    assert [one["id"] for one in theirs.json("jobs")] == [job]
    theirs("resolve", "skip", job, 1)
    for refused in ("finalize", "retry", "read", "share", "delete"):
        assert "Your role does not allow this" in theirs(refused, job, code=1).stderr
    at("unshare", job, rita.email)
    theirs("job", job, code=1)
    assert "not shared with this address" in at("unshare", job, rita.email, code=1).stderr
    assert "No active account" in at("share", job, "x@example.com", code=1).stderr


def test_to_delete_asks_before(at: Shell, job: int) -> None:
    asked = at("delete", job, typed="n\n", code=1)
    assert "Delete test-jobs.csv, its file and 18 rows" in asked.stderr
    assert "add --yes" in at("delete", job, typed="", code=2).stderr
    assert len(at.json("jobs")) == 1
    assert at("delete", job, typed="y\n").stdout == f"Upload {job}, test-jobs.csv, is deleted.\n"
    assert at.json("jobs") == []


def test_ids_are_completed_and_silence_is_where_nobody_is_signed_in(at: Shell, job: int) -> None:
    at.environment |= {"_INGEST_COMPLETE": "bash_complete", "COMP_CWORD": "2", "COMP_WORDS": "ingest job "}
    assert at().stdout == f"plain,{job}\n"
    at.environment["XDG_STATE_HOME"] += "-nobody"
    assert at().output.strip() == ""


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_completion_is_a_script(shell: Shell, name: str) -> None:
    assert "_INGEST_COMPLETE" in shell("completion", name).stdout
