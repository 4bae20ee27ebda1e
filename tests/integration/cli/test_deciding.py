"""Settling issues at a shell, up to the contacts."""

import hashlib
import json
import stat
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy.exc import OperationalError

from db.engine import Sessions
from ingestion import deciding
from ingestion.accounts import Account
from ingestion.deciding import Seen
from tests.entries import entries
from tests.integration.cli.conftest import Shell

JOB = 1


@pytest.fixture(autouse=True)
def in_review(job: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert job == JOB
    monkeypatch.chdir(tmp_path)


def open_issues(at: Shell) -> dict[int, str]:
    return {one["id"]: one["type"] for one in at.json("issues", JOB)["issues"]}


def issue_at(at: Shell, row: int) -> int:
    [found] = [one["id"] for one in at.json("issues", JOB)["issues"] if one["row"] == row]
    return int(found)


def settle(at: Shell) -> None:
    at("resolve", "many", JOB, "keep-first", "--yes")
    at("resolve", "many", JOB, "skip", "--yes")


def test_issues_are_listed_by_kind_search_and_order(at: Shell) -> None:
    of_kind = at.json("issues", JOB, "--type", "duplicate-email", "--type", "MISSING_EMAIL")["issues"]
    assert {one["type"] for one in of_kind} == {"DUPLICATE_EMAIL", "MISSING_EMAIL"}
    assert [one["row"] for one in at.json("issues", JOB, "--search", "HUGHES")["issues"]] == [7]
    largest = at.json("issues", JOB, "--order", "size")["issues"][0]
    assert largest["detail"] == "3 rows"
    assert at.json("issues", JOB, "--settled")["issues"] == []
    assert "No issue is as you ask." in at("issues", JOB, "--settled").stderr
    at("issues", JOB, "--type", "nonsense", code=2)


@pytest.mark.parametrize("order", ["row", "type", "size"])
def test_a_page_follows_another_in_every_order(at: Shell, order: str) -> None:
    whole = [one["id"] for one in at.json("issues", JOB, "--order", order)["issues"]]
    found, after = [], None
    while True:
        page = at.json(
            "issues", JOB, "--order", order, "--limit", 3, *([f"--after={after}"] if after else [])
        )
        found += [one["id"] for one in page["issues"]]
        after = page["after"]
        if after is None:
            break

    assert found == whole
    assert len(whole) == 10


@pytest.mark.parametrize("after", ["x", "1", "1,2,3", "A,1,2", "'--", "99999999999,1"])
def test_a_place_that_is_none_is_not_understood(at: Shell, after: str) -> None:
    at("issues", JOB, f"--after={after}", code=2)


def test_an_issue_shows_its_rows_side_by_side_and_its_answers(at: Shell) -> None:
    shown = at("issue", JOB, issue_at(at, 3)).stdout

    assert "company *    Nordwind GmbH          Nordwind Energie AG\n" in shown
    assert "phone" not in shown
    assert "phone" in at("issue", JOB, issue_at(at, 3), "--all-columns").stdout
    assert [line.split()[2] for line in shown.splitlines() if line.startswith("  ingest")] == [
        "keep",
        "merge",
        "skip",
    ]
    found = at.json("issue", JOB, issue_at(at, 8))
    assert found["suggestions"][0]["value"] == "emma.clark@bramble.co.uk"
    assert found["version"] == 1
    at("issue", JOB, 999, code=1)


def test_each_answer_settles_its_issue(at: Shell) -> None:
    assert at("resolve", "keep", JOB, issue_at(at, 3), 4).stdout.startswith("Issue 9: kept row 4.\n9 open")
    at("resolve", "merge", JOB, issue_at(at, 16), "--set", "company=Merged Ltd")
    at("resolve", "edit", JOB, issue_at(at, 8), "--use", 2)
    at("resolve", "edit", JOB, issue_at(at, 9), "--set", "Email=paul@example.com")
    done = at.json("resolve", "accept", JOB, issue_at(at, 11), issue_at(at, 12), issue_at(at, 13))
    assert (len(done["decided"]), done["open_issues"]) == (3, 3)
    rest = list(open_issues(at))
    assert at("resolve", "skip", JOB, *rest).stdout.endswith("0 open issues left. Next: ingest finalize 1\n")
    assert (
        at("finalize", JOB, "--watch").stdout == "Upload 1, test-jobs.csv: completed. Next: ingest export 1\n"
    )

    contacts = at("export", JOB, "-o", "-").stdout
    for expected in ("Nordwind Energie AG", "Merged Ltd", "emma@clark.me.uk", "paul@example.com"):
        assert expected in contacts


def test_what_a_rule_refuses_is_not_stored(at: Shell) -> None:
    issue = issue_at(at, 9)
    before = open_issues(at)

    assert "must have an @-sign" in at("resolve", "edit", JOB, issue, "--set", "email=x", code=1).stderr
    assert "cannot be settled in that way" in at("resolve", "accept", JOB, issue, code=1).stderr
    assert "not one of this group" in at("resolve", "keep", JOB, issue_at(at, 3), 5, code=1).stderr
    assert "0 suggestions" in at("resolve", "edit", JOB, issue, "--use", 1, code=1).stderr
    assert "no column 'x'" in at("resolve", "edit", JOB, issue, "--set", "x=y", code=1).stderr
    at("resolve", "edit", JOB, issue, code=2)
    assert open_issues(at) == before


def test_of_several_one_that_is_refused_does_not_stop_the_others(at: Shell) -> None:
    first, last = issue_at(at, 11), issue_at(at, 12)
    result = at("resolve", "accept", JOB, first, 999, last, code=1)

    assert result.stdout.splitlines()[:2] == [
        f"Issue {first}: accepted as it is.",
        f"Issue {last}: accepted as it is.",
    ]
    assert result.stderr == "Issue 999: There is no such issue in this upload.\n"


@pytest.mark.parametrize(
    ("error", "code", "decided", "refused", "is_counted"),
    [
        (OperationalError("", {}, psycopg2.OperationalError("gone")), 4, [4, 6], [5], True),
        (KeyboardInterrupt(), 130, [4], [], False),
    ],
)
def test_what_is_decided_is_told_whatever_happens_in_between(
    at: Shell,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    decided: list[int],
    refused: list[int],
    is_counted: bool,
) -> None:
    accept = deciding.accept

    def but_one(sessions: Sessions, seen: Seen) -> None:
        if seen.issue_id == 5:
            raise error
        accept(sessions, seen)

    monkeypatch.setattr(deciding, "accept", but_one)
    told = at.json("resolve", "accept", JOB, 4, 5, 6, code=code)

    assert (told["decided"], [one["issue"] for one in told["refused"]]) == (decided, refused)
    assert told["open_issues"] == (len(open_issues(at)) if is_counted else None)
    assert not open_issues(at).keys() & set(decided)


def test_who_was_faster_is_named(at: Shell) -> None:
    issue = issue_at(at, 3)
    at("resolve", "keep", JOB, issue, 3)

    assert "Olga Silva was faster and chose row 3" in at("resolve", "keep", JOB, issue, 4, code=1).stderr
    stale = at("resolve", "skip", JOB, issue_at(at, 16), "--seen", 7, code=1)
    assert "changed since you looked at it" in stale.stderr
    at("resolve", "skip", JOB, 1, 2, "--seen", 1, code=2)


def test_one_answer_to_many_is_shown_asked_about_and_undone_as_one(at: Shell) -> None:
    shown = at("resolve", "many", JOB, "keep-most-complete", "--type", "duplicate-email", "--dry-run").stdout
    assert "Duplicate e-mail: 2 issues" in shown
    assert "What is kept" in shown
    assert len(open_issues(at)) == 10

    refused = at("resolve", "many", JOB, "keep-last", typed="n\n", code=1)
    assert refused.stderr.startswith("Decide 2 issues? [y/N]: ")
    assert refused.stderr.endswith("Nothing was changed.\n")
    assert len(open_issues(at)) == 10
    at("resolve", "many", JOB, "keep-last", typed="y\n")
    assert len(open_issues(at)) == 8

    [entry] = at.json("history", JOB)
    assert (entry["answer"], entry["issues"]) == ("keep_last", {"DUPLICATE_EMAIL": 2})
    assert at("undo", JOB).stdout == f"Decision {entry['id']} is undone. 10 open issues.\n"


def test_a_value_for_many_needs_its_kind(at: Shell) -> None:
    value = ("resolve", "many", JOB, "set-value")
    at(*value, "--yes", code=2)
    at(*value, "--value", "x", "--type", "missing-email", "--yes", code=2)
    at("resolve", "many", JOB, "skip", "--value", "x", code=2)
    done = at.json(*value, "--value", "Private", "--type", "missing-company", "--yes")
    assert (done["decided"], done["is_done"]) == ({"MISSING_COMPANY": 1}, True)
    at(*value, "--value", "Private", "--type", "missing-company", "--yes", code=1)


def test_only_issues_that_are_named_are_answered(at: Shell) -> None:
    issue = issue_at(at, 7)
    at("resolve", "many", JOB, "skip", "--issue", issue, "--yes")

    assert issue not in open_issues(at)
    assert len(open_issues(at)) == 9


def test_a_later_decision_is_undone_first(at: Shell) -> None:
    at("resolve", "skip", JOB, issue_at(at, 3))
    first = at.json("history", JOB)[0]["id"]
    at("undo", JOB)
    assert "undone this already" in at("undo", JOB, first, code=1).stderr
    assert "decided nothing" in at("undo", JOB, code=1).stderr
    at("undo", JOB, 999, code=1)
    shown = at("history", JOB).stdout
    assert "Undone" in shown
    assert at("history", JOB, "--limit", 1).stderr.startswith("There may be more: --before ")


def test_to_finalize_needs_every_answer(at: Shell) -> None:
    assert "10 issues are still open" in at("finalize", JOB, code=1).stderr


def test_files_are_written_whole_for_their_owner_only_and_replace_none(
    at: Shell, tmp_path: Path, sessions: Sessions, owner: Account
) -> None:
    settle(at)
    at("finalize", JOB)
    assert at("export", JOB).stderr.startswith("test-jobs-contacts.csv: ")
    path = tmp_path / "test-jobs-contacts.csv"
    content = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert at("export", JOB, "-o", "-").stdout.encode() == content

    path.write_text("mine")
    assert "exists already" in at("export", JOB, code=1).stderr
    assert path.read_text() == "mine"
    told = at.json("export", JOB, "--force")
    assert told == {"file": "test-jobs-contacts.csv", "bytes": len(content)}
    assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(content).digest()
    made = [entry for entry in entries(sessions) if entry.action == "export_contacts"]
    assert [(entry.user_id, entry.detail["format"]) for entry in made] == [(owner.id, "csv")] * 3
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == ["test-jobs-contacts.csv"]


def test_every_file_of_the_page_is_there(at: Shell, tmp_path: Path) -> None:
    at("export", JOB, "--what", "errors", "-o", "errors.csv")
    assert "needs attention" in (tmp_path / "errors.csv").read_text(encoding="utf-8-sig").partition("\n")[0]
    settle(at)
    at("finalize", JOB)
    for more in (("--format", "xlsx"), ("--format", "parquet"), ("--version", 1), ("--exact", "--force")):
        at("export", JOB, *more)
    at("export", JOB, "--what", "left-out")
    at("export", JOB, "--what", "summary")
    names = {path.suffix for path in tmp_path.iterdir()}
    assert {".xlsx", ".parquet", ".csv", ".html"} <= names
    assert (tmp_path / "test-jobs-summary.html").read_text().startswith("<!doctype html>")
    assert (tmp_path / "test-jobs-contacts-v1.csv").exists()


@pytest.mark.parametrize(
    "options",
    [
        ("--what", "errors", "--format", "xlsx"),
        ("--what", "summary", "--version", "1"),
        ("--version", "1", "--format", "xlsx"),
        ("-o", "-", "--json"),
        ("--format", "pdf"),
    ],
)
def test_what_makes_no_file_is_not_understood(at: Shell, options: tuple[str, ...]) -> None:
    at("export", JOB, *options, code=2)


def test_what_a_spreadsheet_could_calculate_is_protected_unless_exact_cells_are_asked_for(
    at: Shell, tmp_path: Path
) -> None:
    path = tmp_path / "formula.csv"
    path.write_text("email,first_name,last_name,company\nana@example.com,Ana,Silva,=1+1\n")
    [upload] = at.json("upload", path, "--as-found")["uploads"]

    assert ",'=1+1" in at("export", upload["id"], "-o", "-").stdout
    assert ",=1+1" in at("export", upload["id"], "-o", "-", "--exact").stdout


def test_a_folder_that_is_not_there_is_said(at: Shell) -> None:
    settle(at)
    at("finalize", JOB)
    refused = at("export", JOB, "-o", "none/contacts.csv", "--json", code=1)
    assert "none" in json.loads(refused.stderr)["error"]["message"]
