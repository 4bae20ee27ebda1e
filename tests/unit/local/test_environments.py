import io
from pathlib import Path

import pytest

from local import environments
from local.console import Console
from local.environments import cause_of, is_current
from local.errors import StackError


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    (tmp_path / "dev.txt").write_text("one==1\ntwo==2\n")
    return tmp_path / "dev.txt"


def fake_environment(folder: Path, exit_code: int) -> Path:
    """An environment whose interpreter ends with `exit_code`, whatever it is asked."""
    (folder / "bin").mkdir(parents=True)
    python = folder / "bin" / "python"
    python.write_text(f"#!/bin/sh\necho 'ERROR: No matching distribution for two==2'\nexit {exit_code}\n")
    python.chmod(0o755)
    return folder


def test_an_installation_is_stamped(requirements: Path) -> None:
    environment = fake_environment(requirements.parent / "venv", exit_code=0)
    environments.ensure(
        environment, requirements, requirements.with_name("setup.log"), Console(io.StringIO())
    )
    assert is_current(environment, requirements)


def test_an_installation_is_repeated_when_a_file_changed(requirements: Path) -> None:
    environment = fake_environment(requirements.parent / "venv", exit_code=0)
    environments.ensure(
        environment, requirements, requirements.with_name("setup.log"), Console(io.StringIO())
    )
    requirements.write_text("one==1.1\ntwo==2\n")
    assert not is_current(environment, requirements)


def test_a_failed_installation_leaves_no_stamp_and_names_the_cause(
    requirements: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = fake_environment(requirements.parent / "venv", exit_code=0)
    log = requirements.with_name("setup.log")
    environments.ensure(environment, requirements, log, Console(io.StringIO()))
    requirements.write_text("one==1\ntwo==3\n")
    monkeypatch.setattr(environments, "_works", lambda _: True)
    fake_interpreter = environment / "bin" / "python"
    fake_interpreter.write_text(fake_interpreter.read_text().replace("exit 0", "exit 1"))
    with pytest.raises(StackError, match=r"No matching distribution for two==2 \(log: .*setup\.log\)$"):
        environments.ensure(environment, requirements, log, Console(io.StringIO()))
    assert not is_current(environment, requirements)


def test_an_environment_that_does_not_work_is_not_current(requirements: Path) -> None:
    environment = fake_environment(requirements.parent / "venv", exit_code=0)
    environments.ensure(
        environment, requirements, requirements.with_name("setup.log"), Console(io.StringIO())
    )
    (environment / "bin" / "python").unlink()
    assert not is_current(environment, requirements)


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        (
            "Collecting a\nERROR: Could not install: [Errno 28] No space left on device: 'x'\n",
            "the disk is full",
        ),
        ("ERROR: one\nERROR: two\n[notice] new pip\n", "two"),
        ("just this\n", "just this"),
        ("", "it gave no reason"),
    ],
)
def test_cause_of_a_failure_is_one_readable_line(output: str, cause: str) -> None:
    assert cause_of(output) == cause
