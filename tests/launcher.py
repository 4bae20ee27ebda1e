"""python3 run.py as people use it: in a copy of the project, as a process of its own."""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import postgres
from local.supervisor import end_recorded

PROJECT = Path(__file__).resolve().parent.parent
_TURNS = Path(tempfile.gettempdir(), "data-ingestion-tool-launchers.lock")
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv*", ".local", ".*_cache", "__pycache__", "tests", "node_modules"
)


def take_turn() -> int:
    """Wait until no other launcher starts: two at the same moment would find the same ports free.

    Closing what it gives ends the turn.
    """
    turn = os.open(_TURNS, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(turn, fcntl.LOCK_EX)
    return turn


class Launcher:
    """One `python3 run.py` and what it says."""

    def __init__(self, project: Path, *arguments: str, **variables: str) -> None:
        self._output = project / "output.txt"
        turn = take_turn()
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "run.py", *arguments],
                cwd=project,
                env={**os.environ, "MAX_UPLOAD_MB": "6", **variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        threading.Thread(target=self._pass_turn, args=(turn,), daemon=True).start()

    def _pass_turn(self, turn: int) -> None:
        """Let the next one start, once this one has its ports or has ended."""
        while self.process.poll() is None and self._output.exists() and "Ready after" not in self.output:
            time.sleep(0.1)
        os.close(turn)

    @property
    def output(self) -> str:
        return self._output.read_text()

    def wait_for(self, pattern: str, seconds: float = 120) -> str:
        """The first group of `pattern` once the output has it."""
        deadline = time.monotonic() + seconds
        while not (found := re.search(pattern, self.output)):
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.1)
        return found[1]

    def address(self) -> str:
        """The dashboard's, once it is ready."""
        return self.wait_for(r"Ready after [\d.]+ s: (http://127\.0\.0\.1:\d+)")

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


def run_to_its_end(
    project: Path, *arguments: str, typed: str | None = None
) -> subprocess.CompletedProcess[str]:
    """`python3 run.py` with these arguments, in whose window this is `typed`."""
    return subprocess.run(
        [sys.executable, "run.py", *arguments],
        cwd=project,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def started(project: Path, output: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """`python3 run.py` with these arguments and nobody at its terminal, ended at the latest here."""
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "run.py", *arguments],
            cwd=project,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def copy_of_project(folder: Path) -> Iterator[Path]:
    """A copy of the project that shares its environments; what it started is ended with it."""
    copy = folder / "project"
    shutil.copytree(PROJECT, copy, ignore=NOT_COPIED)
    for environment in (".venv", ".venv-aws"):
        (copy / environment).symlink_to(PROJECT / environment)
    try:
        yield copy
    finally:
        end_recorded(copy / ".local" / "processes.json")
        postgres.delete_data(copy / ".local" / "postgres")
