"""The command line as a process of its own: what it logs, and a reader that goes away."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.accounts import Account
from tests.conftest import ROOT
from tests.integration.cli.conftest import Shell
from tests.worker import eventually


@pytest.fixture
def project_elsewhere(tmp_path: Path) -> Path:
    """A folder with names in it that the program has too."""
    folder = tmp_path / "work"
    folder.mkdir()
    for name in ("cli", "db", "json", "click"):
        (folder / f"{name}.py").write_text("raise SystemExit('that is not the program')")
    return folder


def run(shell: Shell, folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "ingest"), *arguments],
        cwd=folder,
        env={**os.environ, **shell.environment, **more},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_works_by_the_environment_and_in_the_folder_where_the_person_stands(
    shell: Shell, owner: Account, project_elsewhere: Path
) -> None:
    shell.sign_in(owner)
    (project_elsewhere / "list.csv").write_text("email,company\nana@example.com,Acme\n")

    uploaded = run(shell, project_elsewhere, "upload", "list.csv", "--as-found")
    assert (uploaded.returncode, uploaded.stderr) == (0, "")
    assert uploaded.stdout == "Upload 1, list.csv: waiting. Next: ingest watch 1\n"


def test_what_is_logged_goes_to_the_file_that_is_named_and_never_to_the_terminal(
    shell: Shell, owner: Account, tmp_path: Path
) -> None:
    shell.sign_in(owner)
    log = tmp_path / "ingest.log"
    refused = run(shell, tmp_path, "--log", str(log), "jobs", "--all", "--json", LOG_FORMAT="json")

    assert refused.returncode == 1
    assert json.loads(refused.stderr)["error"]["kind"] == "NotAllowed"
    [line] = [json.loads(line) for line in log.read_text().splitlines()]
    assert (line["event"], line["service"], line["user_id"]) == ("access_refused", "command", owner.id)


def test_a_reader_that_goes_away_ends_it_without_a_word(shell: Shell, owner: Account) -> None:
    shell.sign_in(owner)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            [sys.executable, str(ROOT / "ingest"), "whoami"],
            env={**os.environ, **shell.environment},
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert (done.returncode, done.stderr) == (141, b"")


def test_ctrl_c_ends_what_waits_and_not_the_work(shell: Shell, owner: Account, tmp_path: Path) -> None:
    shell.sign_in(owner)
    (tmp_path / "list.csv").write_text("email,company\nana@example.com,Acme\n")
    command = [sys.executable, str(ROOT / "ingest"), "upload", "list.csv", "--as-found", "--watch"]
    waiting = subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, **shell.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    eventually(lambda: bool(shell.json("jobs")), "the upload")
    waiting.send_signal(signal.SIGINT)
    out, err = waiting.communicate(timeout=30)

    assert waiting.returncode == 130
    # The one where it waits already, the other where it has not yet heard that the file is stored.
    while_it_waits = ("Upload 1, list.csv: waiting. Next: ingest watch 1\n", "")
    go_on = "Give the same command again: what is there already is not sent twice."
    while_it_sends = ("", f"list.csv may not have arrived. {go_on}")
    assert (out, err.strip()) in (while_it_waits, while_it_sends)
    assert shell.json("job", 1)["status"] == "PENDING"
