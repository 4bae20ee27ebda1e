import dataclasses
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local import processes
from local.processes import MARKER, Child, Command, Identity

LEAVES_A_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""

IGNORES_THE_REQUEST = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""


def command(folder: Path, program: str, grace: float = 5.0) -> Command:
    return Command(
        name="test",
        arguments=[sys.executable, "-c", program],
        log=folder / "test.log",
        folder=folder,
        environment={**os.environ, MARKER: str(folder)},
        grace=grace,
    )


@pytest.fixture
def family(tmp_path: Path) -> Iterator[tuple[Child, psutil.Process]]:
    """A child, and the process that it started in turn."""
    child = Child(command(tmp_path, LEAVES_A_CHILD))
    child.start()
    while not (printed := child.command.log.read_text().strip()):
        time.sleep(0.01)
    yield child, psutil.Process(int(printed))
    child.stop(lambda: True)


def identity_of(child: Child) -> Identity:
    assert child.identity is not None
    return child.identity


def test_a_child_leads_a_session_of_its_own(family: tuple[Child, psutil.Process]) -> None:
    child, grandchild = family
    assert os.getsid(identity_of(child).pid) == identity_of(child).pid != os.getsid(0)
    assert {process.pid for process in processes.members(identity_of(child))} == {
        identity_of(child).pid,
        grandchild.pid,
    }


def test_stopping_ends_what_the_child_started(family: tuple[Child, psutil.Process]) -> None:
    child, grandchild = family
    child.stop()
    assert child.exit_code == -signal.SIGTERM
    assert not processes.is_alive(grandchild)


def test_members_of_a_dead_leader_are_found_by_their_marker(family: tuple[Child, psutil.Process]) -> None:
    child, grandchild = family
    os.kill(identity_of(child).pid, signal.SIGKILL)
    while child.exit_code is None:
        time.sleep(0.01)
    assert processes.members(identity_of(child)) == [grandchild]
    assert processes.members(dataclasses.replace(identity_of(child), marker="/elsewhere")) == []


def test_a_number_that_was_given_away_is_not_ours(family: tuple[Child, psutil.Process]) -> None:
    child, _ = family
    earlier = dataclasses.replace(identity_of(child), created=identity_of(child).created - 60)
    assert processes.members(earlier) == []


def test_a_process_that_ignores_the_request_is_killed_after_its_grace(tmp_path: Path) -> None:
    child = Child(command(tmp_path, IGNORES_THE_REQUEST, grace=0.3))
    child.start()
    while not child.command.log.read_text():
        time.sleep(0.01)
    child.stop()
    assert child.exit_code == -signal.SIGKILL


def test_hurry_does_not_wait_for_the_grace(tmp_path: Path) -> None:
    child = Child(command(tmp_path, IGNORES_THE_REQUEST, grace=60.0))
    child.start()
    while not child.command.log.read_text():
        time.sleep(0.01)
    began = time.monotonic()
    child.stop(lambda: True)
    assert time.monotonic() - began < 5


def test_output_goes_to_the_log_and_errors_are_quoted(tmp_path: Path) -> None:
    child = Child(command(tmp_path, "raise ValueError('no such thing')"))
    child.start()
    while child.exit_code is None:
        time.sleep(0.01)
    assert child.exit_code == 1
    assert child.complaint == "ValueError: no such thing"
    child.stop()


def test_a_child_that_was_never_started_has_ended(tmp_path: Path) -> None:
    child = Child(command(tmp_path, "pass"))
    assert child.exit_code is not None
    child.stop()


def test_end_reaches_only_the_processes_given(family: tuple[Child, psutil.Process]) -> None:
    child, grandchild = family
    processes.end([grandchild], signal.SIGTERM, grace=5.0)
    assert not processes.is_alive(grandchild)
    assert child.exit_code is None
