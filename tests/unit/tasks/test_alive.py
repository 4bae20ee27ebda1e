"""Which processes make a container's worker alive, over a folder that looks like /proc."""

from pathlib import Path

import pytest

from tasks.alive import is_alive

Described = dict[int, tuple[str, list[int]]]

MASTER = "python -m dramatiq tasks.actors --processes 2"
INIT = f"/sbin/docker-init -- {MASTER}"
DASHBOARD = "python -m streamlit run dashboard/asgi.py"


def processes(folder: Path, described: Described) -> Path:
    """/proc with these processes: number, command line and children."""
    for number, (command, children) in described.items():
        (folder / f"{number}/task/{number}").mkdir(parents=True)
        (folder / f"{number}/cmdline").write_text(command.replace(" ", "\0") + "\0")
        (folder / f"{number}/task/{number}/children").write_text("".join(f"{child} " for child in children))
    return folder


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        pytest.param({1: (MASTER, [7, 8])}, True, id="the master is the first process"),
        pytest.param({1: (INIT, [6]), 6: (MASTER, [7, 8])}, True, id="an init process started the master"),
        pytest.param({1: (MASTER, [])}, False, id="a master whose workers are gone"),
        pytest.param({1: (INIT, [6]), 6: (MASTER, [])}, False, id="the same below an init process"),
        pytest.param({1: (INIT, [6])}, False, id="a master that ended while it was looked at"),
        pytest.param({1: (INIT, [])}, False, id="an init process alone"),
        pytest.param({1: (DASHBOARD, [7])}, False, id="something else"),
        pytest.param({}, False, id="no process at all"),
    ],
)
def test_a_worker_is_alive_while_its_master_has_processes(
    tmp_path: Path, described: Described, expected: bool
) -> None:
    assert is_alive(processes(tmp_path, described)) is expected


def test_another_process_than_the_first_may_be_named(tmp_path: Path) -> None:
    folder = processes(tmp_path, {1: (DASHBOARD, [50]), 50: (MASTER, [51])})
    assert is_alive(folder, 50)
