"""The Postgres servers that run over a directory, whoever started them."""

import signal
from pathlib import Path

import psutil

from local import processes


def end_orphans(data: Path) -> None:
    """End the server processes that a killed launcher left over `data`, and no others."""
    orphans = over(data)
    numbers = {orphan.pid for orphan in orphans}
    masters = [process for process in orphans if _parent_of(process) not in numbers]
    processes.end(masters, signal.SIGINT, grace=20.0, last=signal.SIGQUIT)
    processes.end(over(data), signal.SIGQUIT, grace=5.0)


def over(data: Path) -> list[psutil.Process]:
    """The living Postgres processes whose data directory is `data`: each of them works in that folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if "postgres" in process.name() and process.cwd() == str(data):
                found.append(process)
        except psutil.Error:
            continue
    return found


def _parent_of(process: psutil.Process) -> int:
    try:
        return process.ppid()
    except psutil.Error:  # it has ended meanwhile
        return 0
