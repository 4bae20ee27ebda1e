"""Whether this machine's worker processes are alive: `python -m tasks.health`, a container's health check.

Each touches a file of its own every few seconds, from the moment on at which it has reached the database for
the first time: later an outage makes nobody look dead. Only the standard library is imported here. A check
that asked the database itself would take longer to start than to answer, every few seconds.
"""

import os
import sys
import time
from pathlib import Path
from tempfile import gettempdir

FRESH_SECONDS = 30
"""So long a sign of life counts; there is one every 5 s."""

_FOLDER = "data-ingestion-tool-workers"


def sign() -> None:
    """Say that this process is alive."""
    folder = _folder()
    folder.mkdir(exist_ok=True)
    (folder / str(os.getpid())).touch()


def end() -> None:
    """Say that this process ends in order."""
    (_folder() / str(os.getpid())).unlink(missing_ok=True)


def problem() -> str | None:
    """What is wrong with the worker processes of this machine, None where all are alive."""
    now = time.time()
    ages = {sign.name: now - sign.stat().st_mtime for sign in _signs() if is_running(int(sign.name))}
    if not ages:
        return "No worker process has reached the database yet, or none is running."
    silent = {pid: age for pid, age in ages.items() if age > FRESH_SECONDS}
    if silent:
        return "; ".join(
            f"worker process {pid} has been silent for {age:.0f} s" for pid, age in silent.items()
        )
    return None


def _signs() -> list[Path]:
    # What a killed process left in its container is of a number that nobody has, or that is signed for again.
    return [sign for sign in _folder().glob("*") if sign.name.isdecimal()]


def _folder() -> Path:
    return Path(gettempdir()) / _FOLDER


def is_running(pid: int) -> bool:
    """Whether there is a process of this number, whoever it belongs to."""
    try:
        os.kill(pid, 0)  # signal 0 only asks (POSIX, kill)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    found = problem()
    print(found or "The worker processes are alive.")
    sys.exit(1 if found else 0)
