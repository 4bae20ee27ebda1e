"""Uploading at a shell: the checks, questions and words of the page."""

import gzip
import json
import os
import time
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from cli import reading
from cli.installation import Installation
from db.engine import Sessions
from ingestion import uploads, viewing
from ingestion.accounts import Account
from ingestion.errors import QueueUnavailable
from ingestion.rules.permissions import Role
from tests.integration.cli.conftest import SAMPLES, Shell, end_sessions, person, write
from tests.worker import Queue

MEGABYTE = 1024 * 1024
HEADER = b"email,first_name,last_name,company\n"
ONE_ROW = HEADER + b"%s@example.com,Ana,Silva,Acme\n"


def test_several_files_are_uploaded_and_waited_for(at: Shell) -> None:
    found = at.json(
        "upload", SAMPLES / "clean.csv", SAMPLES / "semicolons-and-accents.csv", "--watch", code=6
    )

    assert found["refused"] == []
    assert [one["status"] for one in found["uploads"]] == ["COMPLETED", "NEEDS_REVIEW"]
    assert at("upload", SAMPLES / "clean.csv", "--again", "--watch").stdout.endswith(": ingest export 3\n")


def test_one_bad_file_does_not_stop_the_others(at: Shell, tmp_path: Path) -> None:
    empty, image = write(tmp_path / "empty.csv", b""), write(tmp_path / "a.png", b"\x89PNG")
    big = write(tmp_path / "big.csv", b"x" * (5 * MEGABYTE + 1))
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    result = at("upload", empty, tmp_path / "none.csv", image, big, folder, SAMPLES / "clean.csv", code=1)

    assert result.stdout == "Upload 1, clean.csv: completed. Next: ingest export 1\n"
    said = result.stderr.splitlines()
    assert len(said) == 5
    for line, words in zip(
        said, ("is empty", "no file", ".csv, .tsv", "at most 5 MB", "no file"), strict=True
    ):
        assert words in line


def test_a_name_that_is_no_text_is_refused_alone(at: Shell, tmp_path: Path) -> None:
    path = write(tmp_path / os.fsdecode(b"Mu\xf1oz.csv"), (SAMPLES / "clean.csv").read_bytes())
    result = at("upload", path, SAMPLES / "clean.csv", code=1)

    assert "rename the file" in result.stderr
    assert result.stdout == "Upload 1, clean.csv: completed. Next: ingest export 1\n"


def test_an_outage_in_between_costs_one_file(
    at: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = uploads.submit

    def answers_but_once(*where: Any, **what: Any) -> int:
        if what["filename"] == "second.csv":
            raise OperationalError("", {}, psycopg2.OperationalError("server closed the connection"))
        return submit(*where, **what)

    monkeypatch.setattr(uploads, "submit", answers_but_once)
    files = [
        write(tmp_path / f"{name}.csv", ONE_ROW % name.encode()) for name in ("first", "second", "third")
    ]
    found = at.json("upload", *files, code=4)

    assert [one["file"] for one in found["uploads"]] == ["first.csv", "third.csv"]
    assert [one["kind"] for one in found["refused"]] == ["DatabaseUnavailable"]


def test_what_is_stored_is_told_although_the_command_is_interrupted(
    at: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = reading.settle

    def until_second(*about: Any) -> reading.Settled:
        if len(at.json("jobs")) == 1:
            raise KeyboardInterrupt
        return settle(*about)

    monkeypatch.setattr(reading, "settle", until_second)
    second = write(tmp_path / "second.csv", ONE_ROW % b"second")
    result = at("upload", SAMPLES / "clean.csv", second, code=130)

    assert result.stdout == "Upload 1, clean.csv: completed. Next: ingest export 1\n"
    assert "second.csv may not have arrived. Give the same command again" in result.stderr


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_what_is_stored_is_told_although_the_session_ends_while_it_is_waited_for(
    at: Shell, sessions: Sessions, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    monkeypatch.setattr(Installation, "enqueue_process", lambda *_: None)
    monkeypatch.setattr(time, "sleep", lambda _: end_sessions(sessions))
    result = at("upload", SAMPLES / "clean.csv", "--watch", *options, code=3)

    if options:
        assert [one["id"] for one in json.loads(result.stdout)["uploads"]] == [1]
        assert json.loads(result.stderr)["error"]["kind"] == "NotSignedIn"
    else:
        assert result.stdout == "Upload 1, clean.csv: waiting. Next: ingest watch 1\n"


def test_programs_are_told_of_both(at: Shell, tmp_path: Path) -> None:
    result = at("upload", tmp_path / "none.csv", SAMPLES / "clean.csv", "--json", code=1)

    found = json.loads(result.stdout)
    assert result.stderr == ""
    assert [one["file"] for one in found["uploads"]] == ["clean.csv"]
    assert [one["kind"] for one in found["refused"]] == ["RefusedUpload"]


def test_the_same_content_is_told_of_and_taken_again_where_asked_for(at: Shell, tmp_path: Path) -> None:
    at("upload", SAMPLES / "clean.csv")
    copy = write(tmp_path / "copy.csv", (SAMPLES / "clean.csv").read_bytes())
    refused = at("upload", copy, code=1)

    assert "copy.csv has the same content as clean.csv, which you uploaded on" in refused.stderr
    assert "(upload 1, completed). Add --again" in refused.stderr
    at("upload", copy, "--again")


def test_what_is_in_doubt_is_asked_about_with_the_option_that_answers_it(at: Shell) -> None:
    result = at("upload", SAMPLES / "no-email-column.csv", code=1)
    assert "Which column holds the e-mail addresses? --column email=NAME" in result.stderr
    assert "name, company, phone, city" in result.stderr
    [refused] = at.json("upload", SAMPLES / "no-email-column.csv", code=1)["refused"]
    assert refused["kind"] == "Unsettled"
    assert "--column email=NAME" in [question["option"] for question in refused["questions"]]
    assert at.json("jobs") == []


def test_columns_that_are_confirmed_are_remembered(at: Shell, tmp_path: Path) -> None:
    header = b"Contact,Given,Account\n"
    first = write(tmp_path / "first.csv", header + b"ana@example.com,Ana,Acme\n")
    at("upload", first, code=1)

    assert "no column 'Nonsense'" in at("upload", first, "--column", "email=Nonsense", code=1).stderr
    twice = ("--column", "email=Contact", "--column", "company=Contact")
    assert "both taken from" in at("upload", first, *twice, code=1).stderr
    given = ("--column", "email=contact", "--column", "first-name=Given", "--column", "company=Account")
    at("upload", first, *given)
    at("upload", write(tmp_path / "second.csv", header + b"ben@example.com,Ben,Acme\n"))

    assert [one["file"] for one in at.json("jobs")] == ["second.csv", "first.csv"]
    assert "ben@example.com,Ben,Acme" in at("export", 2, "-o", "-").stdout


def test_an_encoding_in_doubt_is_asked_for(at: Shell, tmp_path: Path) -> None:
    text = "a@x.com,Eva,Weiß,Acme\nb@x.com,Udo,Dvořák,Li\n"
    path = write(tmp_path / "names.csv", HEADER + text.encode("cp1250"))
    result = at("upload", path, code=1)

    assert "In which encoding are the names written?" in result.stderr
    assert "--encoding cp1250: Dvořák" in result.stderr
    at("upload", path, "--encoding", "windows-1250")
    assert "Dvořák" in at("export", 1, "-o", "-").stdout


@pytest.mark.parametrize(
    ("options", "contact"),
    [
        (("--no-header", "--as-found", "--column", "email=Column 2"), "Ana,ana@example.com"),
        (("--delimiter", "semicolon", "--no-header", "--column", "email=Column 1"), None),
    ],
)
def test_header_and_delimiter_are_said(
    at: Shell, tmp_path: Path, options: tuple[str, ...], contact: str | None
) -> None:
    path = write(tmp_path / "list.csv", b"Ana,ana@example.com\nBen,ben@example.com\n")
    at("upload", path, *options)
    if contact:
        assert contact in at("export", 1, "-o", "-").stdout
    else:
        assert at.json("job", 1)["columns"] == ["column_1"]


@pytest.mark.parametrize(
    "options",
    [
        ("--encoding", "klingon"),
        ("--delimiter", "ab"),
        ("--column", "email"),
        ("--column", "nonsense=x"),
        ("--header-row", "2", "--no-header"),
        ("--header-row", "0"),
    ],
)
def test_what_is_not_understood_ends_with_2(at: Shell, options: tuple[str, ...]) -> None:
    at("upload", SAMPLES / "clean.csv", *options, code=2)
    at("upload", "-", code=2)


def test_a_sheet_that_is_not_there_is_answered_with_those_that_are(at: Shell) -> None:
    assert "no sheet 'X'" in at("upload", SAMPLES / "clean.csv", "--sheet", "X", code=1).stderr


def test_a_packed_file_is_taken(at: Shell, tmp_path: Path) -> None:
    at("upload", write(tmp_path / "a.csv.gz", gzip.compress((SAMPLES / "clean.csv").read_bytes())), "--watch")


def test_a_reviewer_uploads_nothing(shell: Shell, sessions: Sessions) -> None:
    person(sessions, "ada", Role.ADMINISTRATOR)
    shell.sign_in(person(sessions, "rita", Role.REVIEWER))

    assert "Reviewers settle what others share" in shell("upload", SAMPLES / "clean.csv", code=1).stderr


def test_a_queue_that_does_not_answer_only_delays(
    at: Shell, sessions: Sessions, owner: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise QueueUnavailable("down")

    monkeypatch.setattr(Installation, "enqueue_process", down)
    assert (
        at("upload", SAMPLES / "clean.csv").stdout == "Upload 1, clean.csv: waiting. Next: ingest watch 1\n"
    )
    assert viewing.get(sessions, owner.id, 1).in_flight


def test_a_message_is_sent_to_the_workers(shell: Shell, owner: Account, sqs: Queue) -> None:
    shell.sign_in(owner)("upload", SAMPLES / "clean.csv")

    assert sqs.waiting_and_taken() == (1, 0)


def test_a_stored_file_is_read_another_way(at: Shell, tmp_path: Path, sessions: Sessions) -> None:
    path = write(tmp_path / "list.csv", b"email,company\nana@example.com,Acme\n")
    at("upload", path)
    assert "past this step" in at("read", 1, code=1).stderr
    with sessions.begin() as session:
        session.execute(text("UPDATE jobs SET status = 'FAILED', error_message = 'No.'"))

    shown = at("read", 1, "--column", "company=", "--dry-run").stdout
    assert "ana@example.com" in shown
    assert at.json("job", 1)["status"] == "FAILED"
    assert "completed" in at("read", 1, "--column", "company=").stdout
