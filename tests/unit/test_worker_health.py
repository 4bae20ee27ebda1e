"""Whether worker processes are alive, by the files that they touch."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tasks import health
from tests.worker import ROOT


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(health, "gettempdir", lambda: str(tmp_path))
    return tmp_path / "data-ingestion-tool-workers"


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def silent_for(file: Path, seconds: float) -> None:
    os.utime(file, times=(time.time() - seconds,) * 2)


def test_a_worker_is_alive_from_its_first_sign_to_its_end() -> None:
    assert "reached the database" in (health.problem() or "")
    health.sign()
    assert health.problem() is None
    health.end()
    assert health.problem() is not None


def test_one_that_is_silent_is_named(folder: Path) -> None:
    health.sign()
    silent_for(folder / str(os.getpid()), health.FRESH_SECONDS + 60)
    assert health.problem() == f"worker process {os.getpid()} has been silent for 90 s"


def test_what_a_killed_process_left_does_not_count(folder: Path) -> None:
    health.sign()
    left = folder / str(ended_process())
    left.touch()
    silent_for(left, 1000)
    assert health.problem() is None
    health.end()
    assert health.problem() is not None


def test_the_command_says_so_by_its_exit_status(tmp_path: Path) -> None:
    health.sign()
    command = [sys.executable, "-m", "tasks.health"]
    for found, expected in (({"TMPDIR": str(tmp_path)}, 0), ({"TMPDIR": str(tmp_path.parent)}, 1)):
        asked = subprocess.run(command, cwd=ROOT, env={**os.environ, **found}, capture_output=True, text=True)
        assert (asked.returncode, asked.stdout.count("\n")) == (expected, 1)
