"""Whether this container's worker is alive: `python -m tasks.alive`, for health checks; 0 when it is.

Linux only. It asks neither the database nor the queue: a worker that waits for one of them is well.
"""

import sys
from pathlib import Path

FIRST = 1
"""The container's first process: Dramatiq's master, or an init process that started it."""


def is_alive(processes: Path, first: int = FIRST) -> bool:
    """Whether `first`, or a process that it started, is a Dramatiq master that has worker processes.

    `processes` is /proc.
    """
    candidates = [first, *_children(processes, first)]
    return any(_is_dramatiq(processes, number) and _children(processes, number) for number in candidates)


def _children(processes: Path, number: int) -> list[int]:
    try:
        return [int(child) for child in (processes / f"{number}/task/{number}/children").read_text().split()]
    except OSError:  # it has ended meanwhile
        return []


def _is_dramatiq(processes: Path, number: int) -> bool:
    try:
        words = (processes / f"{number}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    # At this place: an init process has the whole command among its own words.
    return words[1:3] == [b"-m", b"dramatiq"]


if __name__ == "__main__":
    sys.exit(not is_alive(Path("/proc"), *map(int, sys.argv[1:])))
