"""python3 run.py notebook: its arguments, and what it becomes."""

import os
from pathlib import Path

import pytest

import run
from local import __main__ as inside
from local import environments, notebook
from local.errors import StackError
from local.folders import Folders
from local.lock import LauncherLock

Commands = list[tuple[list[str], dict[str, str]]]
"""That a process became, each with its environment."""
SERVICES = {"DATABASE_URL": "postgresql://ingestion:secret@127.0.0.1:5432/ingestion_db"}


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    folders = Folders(tmp_path)
    folders.create()
    return folders


@pytest.fixture
def running(folders: Folders) -> LauncherLock:
    """A launcher that holds the lock."""
    lock = LauncherLock(folders.lock)
    lock.acquire()
    lock.publish("http://127.0.0.1:8501", SERVICES)
    return lock


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch) -> Commands:
    """What this process would have become."""
    commands: Commands = []

    def become(_program: str, command: list[str], environment: dict[str, str]) -> None:
        commands.append((command, environment))

    monkeypatch.setattr(os, "execve", become)
    monkeypatch.setattr(os, "chdir", lambda _folder: None)
    return commands


def test_jupyterlab_finds_what_runs_and_the_product(
    folders: Folders, running: LauncherLock, became: Commands
) -> None:
    (folders.project / ".env").write_text("DATABASE_URL=postgresql://elsewhere/db\nMAX_UPLOAD_MB=7\n")
    notebook.run(folders, [])
    [(command, environment)] = became
    assert command[1:3] == ["-m", "jupyterlab"]
    assert command[command.index("--ServerApp.ip") + 1] == "127.0.0.1"
    assert command[command.index("--ServerApp.root_dir") + 1] == "notebooks"
    assert not any("token" in option or "password" in option for option in command)
    assert environment["DATABASE_URL"] == SERVICES["DATABASE_URL"]
    assert environment["MAX_UPLOAD_MB"] == "7"
    assert environment["PYTHONPATH"] == str(folders.project)
    running.release()


@pytest.mark.parametrize(("user", "is_allowed"), [(0, True), (1_000, False)])
def test_root_is_allowed_where_the_product_runs_as_root(
    monkeypatch: pytest.MonkeyPatch,
    folders: Folders,
    running: LauncherLock,
    became: Commands,
    user: int,
    is_allowed: bool,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    notebook.run(folders, ["--no-browser"])
    [(command, _)] = became
    assert ("--allow-root" in command) is is_allowed
    assert "--no-browser" in command
    running.release()


def test_without_the_product_nothing_is_installed_and_one_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folders: Folders
) -> None:
    monkeypatch.setattr(run, "PROJECT", folders.project)
    monkeypatch.setattr(environments, "ensure", lambda *_: pytest.fail("it installed something"))
    assert run.main(["notebook"]) == 1
    assert "Start it with python3 run.py" in "".join(capsys.readouterr())
    with pytest.raises(StackError, match="does not run"):
        notebook.run(folders, ["--execute"])


@pytest.mark.parametrize(
    ("has_those_of_tests", "installed"), [(False, ["requirements-notebook.txt"]), (True, [])]
)
def test_what_notebooks_need_is_installed_where_it_is_not(
    monkeypatch: pytest.MonkeyPatch,
    folders: Folders,
    running: LauncherLock,
    has_those_of_tests: bool,
    installed: list[str],
) -> None:
    made: list[str] = []
    monkeypatch.setattr(run, "PROJECT", folders.project)
    monkeypatch.setattr(environments, "is_current", lambda *_: has_those_of_tests)
    monkeypatch.setattr(environments, "ensure", lambda _, requirements, *__: made.append(requirements.name))
    monkeypatch.setattr(run, "_continue_inside", lambda _, arguments: 40 + len(arguments))
    assert run.main(["notebook", "--no-browser"]) == 42
    assert made == installed
    running.release()


@pytest.mark.parametrize("options", [[], ["--no-browser"], ["--execute"]])
def test_what_is_asked_for_is_done_inside_the_environment(
    monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    done: list[list[str]] = []

    def run(_folders: Folders, options: list[str]) -> int:
        done.append(options)
        return 7

    monkeypatch.setattr(notebook, "run", run)
    assert inside.main(["notebook", *options]) == 7
    assert done == [options]


def test_to_open_and_to_execute_are_two_things() -> None:
    with pytest.raises(SystemExit, match="2"):
        run.main(["notebook", "--no-browser", "--execute"])
