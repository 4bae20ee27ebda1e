"""Log files of the child processes."""

import re
import shutil
from pathlib import Path

MAX_BYTES = 10 * 1024 * 1024
TAIL_BYTES = 16 * 1024
_COMPLAINT = re.compile(r"\b(FATAL|PANIC|CRITICAL|critical|ERROR|[Ee]rror|\w+(?:Error|Exception|Failure))\b")


def trim(log: Path, max_bytes: int = MAX_BYTES) -> None:
    """Move what `log` holds to `NAME.log.1` once it exceeds `max_bytes`.

    The file is emptied in place, so that a child that appends to it goes on doing so.
    """
    if not log.exists() or log.stat().st_size <= max_bytes:
        return
    shutil.copyfile(log, log.with_name(f"{log.name}.1"))
    with log.open("r+b") as file:
        file.truncate()


def size(log: Path) -> int:
    """How many bytes `log` holds; 0 where there is none."""
    return log.stat().st_size if log.exists() else 0


def complaint(log: Path, since: int = 0) -> str:
    """The last line after byte `since` of `log` that reads like an error, else the last line, else ""."""
    lines = _last_lines(log, since)
    complaints = [line for line in lines if _COMPLAINT.search(line)]
    return (complaints or lines or [""])[-1]


def last_line(log: Path, since: int = 0) -> str:
    """The last line after byte `since` of `log`, else ""."""
    return (_last_lines(log, since) or [""])[-1]


def _last_lines(log: Path, since: int) -> list[str]:
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(max(since, size(log) - TAIL_BYTES))
        text = file.read().decode("utf-8", "replace")
    return [line.strip() for line in text.splitlines() if line.strip()]
