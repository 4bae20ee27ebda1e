"""What `python3 run.py test` runs and says; the real programs are tried in tests/integration/local."""

import io
from pathlib import Path

import pytest

from local import checks
from local.console import Console
from local.folders import Folders

PROGRAMS = ("python", "lint-imports", "check-jsonschema", "hadolint", "checkov", "bandit", "pip-licenses")


def program(folder: Path, name: str, exit_code: int) -> None:
    """A program that does nothing but end so."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\nexit {exit_code}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """A project whose environments are there, on a machine without anything else."""
    folders = Folders(tmp_path)
    folders.create()
    for name in PROGRAMS:
        program(folders.environment / "bin", name, 0)
        program(folders.checks_environment / "bin", name, 0)
    monkeypatch.setattr(checks, "find_browser", lambda _: Path("/bin/chromium"))
    monkeypatch.setenv("PATH", "/nowhere")
    return folders


def test_what_is_missing_is_said_and_fails_nothing(folders: Folders) -> None:
    output = io.StringIO()
    assert checks.run(folders, [], Console(output)) == 0
    lines = output.getvalue().splitlines()
    assert any(line.endswith("without shellcheck and actionlint") for line in lines)
    assert [line.split()[0] for line in lines if "SKIPPED: to run it, " in line] == [
        "shellcheck",
        "actionlint",
    ]
    assert "passed" in lines[-1]


def test_a_failed_analyser_fails_the_run(folders: Folders) -> None:
    program(folders.checks_environment / "bin", "hadolint", 3)
    output = io.StringIO()
    assert checks.run(folders, [], Console(output)) == 1
    assert [line.split()[0] for line in output.getvalue().splitlines() if "FAILED (3)" in line] == [
        "hadolint"
    ]


def test_arguments_are_for_pytest_alone(folders: Folders) -> None:
    output = io.StringIO()
    assert checks.run(folders, ["tests/unit"], Console(output)) == 0
    assert [line for line in output.getvalue().splitlines() if line.startswith("==")] == ["== pytest"]


def test_a_site_that_cannot_be_built_fails_the_run(folders: Folders) -> None:
    (folders.environment / "bin" / "python").write_text(
        '#!/bin/sh\ncase "$*" in *documentation*) exit 1;; esac\n'
    )
    output = io.StringIO()
    assert checks.run(folders, [], Console(output)) == 1
    assert [line.split()[0] for line in output.getvalue().splitlines() if "FAILED (1)" in line] == [
        "documentation"
    ]
