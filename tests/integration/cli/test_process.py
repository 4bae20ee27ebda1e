"""The command line as a process of its own: what it logs, and a reader that goes away."""

import json
import os
import shutil
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


def test_nothing_is_done_where_the_log_cannot_be_written(
    shell: Shell, owner: Account, tmp_path: Path
) -> None:
    shell.sign_in(owner)
    refused = run(shell, tmp_path, "--log", str(tmp_path / "nowhere" / "log"), "sign-out")

    assert refused.returncode == 1
    assert "nowhere/log" in refused.stderr
    assert shell.json("whoami")["email"] == owner.email


@pytest.mark.parametrize("argument", ["whoami", "--help", "upload --help"])
def test_a_reader_that_goes_away_ends_it_without_a_word(shell: Shell, owner: Account, argument: str) -> None:
    shell.sign_in(owner)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            [sys.executable, str(ROOT / "ingest"), *argument.split()],
            env={**os.environ, **shell.environment},
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize(
    ("command", "closed", "code", "out", "err"),
    [
        ("whoami --json", ">&-", 0, "", ""),
        ("whoami --json", "2>&-", 0, "olga@example.com", ""),
        ("job 9", "2>&-", 1, "", ""),
        ("sign-in olga@example.com --password-stdin", "<&-", 1, "", "no password on standard input"),
        ("delete 9", "<&-", 1, "", "no such upload"),
    ],
)
def test_a_standard_stream_may_be_closed(
    shell: Shell, owner: Account, command: str, closed: str, code: int, out: str, err: str
) -> None:
    shell.sign_in(owner)
    done = subprocess.run(
        ["sh", "-c", f'"$0" "$1" {command} {closed}', sys.executable, str(ROOT / "ingest")],
        env={**os.environ, **shell.environment},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == code
    assert out in done.stdout if out else done.stdout == ""
    assert err in done.stderr if err else done.stderr == ""


def test_without_a_terminal_nobody_types_a_password(shell: Shell, owner: Account, tmp_path: Path) -> None:
    asked = subprocess.run(
        [sys.executable, str(ROOT / "ingest"), "sign-in", owner.email],
        cwd=tmp_path,
        env={**os.environ, **shell.environment},
        input="a password\n",
        start_new_session=True,
        capture_output=True,
        text=True,
        check=False,
    )

    assert asked.returncode == 2
    assert "Nobody can be asked here: add --password-stdin." in asked.stderr
    assert "echo" not in asked.stderr


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_what_is_not_set_up_says_so_as_it_was_asked(tmp_path: Path, more: tuple[str, ...]) -> None:
    shutil.copy(ROOT / "ingest", tmp_path)
    (tmp_path / "local").mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    told = subprocess.run(
        [sys.executable, str(tmp_path / "ingest"), "jobs", *more],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (told.returncode, told.stdout) == (4, "")
    said = json.loads(told.stderr)["error"]["message"] if more else told.stderr
    assert "Start it with python3 run.py" in said


def test_a_file_whose_name_is_not_text_keeps_no_other_from_going_up(
    shell: Shell, owner: Account, tmp_path: Path
) -> None:
    shell.sign_in(owner)
    contacts = b"email,company\nana@example.com,Acme\n"
    odd = os.fsencode(tmp_path) + b"/Mu\xf1oz.csv"
    Path(os.fsdecode(odd)).write_bytes(contacts)
    (tmp_path / "list.csv").write_bytes(contacts)
    told = subprocess.run(
        [sys.executable, str(ROOT / "ingest"), "upload", odd, "list.csv", "--as-found"],
        cwd=tmp_path,
        env={**os.environ, **shell.environment},
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 1
    assert told.stdout == "Upload 1, list.csv: waiting. Next: ingest watch 1\n"
    assert told.stderr.startswith("Mu?oz.csv was not uploaded. ")
    assert "rename the file" in told.stderr


def _heed_ctrl_c() -> None:
    """What a shell does for the commands that somebody types, and not for those in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


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
        preexec_fn=_heed_ctrl_c,
    )
    eventually(lambda: [one["status"] for one in shell.json("jobs")] == ["PENDING"], "the upload")
    waiting.send_signal(signal.SIGINT)
    out, err = waiting.communicate(timeout=30)

    assert waiting.returncode == 130
    # The one where it waits already, the other where it has not yet heard that the file is stored.
    while_it_waits = ("Upload 1, list.csv: waiting. Next: ingest watch 1\n", "")
    go_on = "Give the same command again: what is there already is not sent twice."
    while_it_sends = ("", f"list.csv may not have arrived. {go_on}")
    assert (out, err.strip()) in (while_it_waits, while_it_sends)
    assert shell.json("job", 1)["status"] == "PENDING"
