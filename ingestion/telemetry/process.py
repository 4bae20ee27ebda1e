"""What a process tells of itself, begun by one call."""

from pathlib import Path
from typing import Literal

from ingestion.settings import Settings
from ingestion.telemetry import instruments, logs, outlets, traces

Service = Literal["dashboard", "worker", "lambda", "command"]

_started: list[Service] = []


def start(settings: Settings, service: Service, log: Path | None = None) -> None:
    """Begin to tell what this process does. Of several calls the first counts, and names the process.

    A command, whose standard error is for people, logs to the end of the file `log`, or nowhere.

    Dashboard, Lambda and command come to import the workers' broker, which calls this too: they call it
    before.
    """
    if _started:
        return
    _started.append(service)
    logs.configure(settings, service, logs.apart(log) if service == "command" else None)
    traces.start(settings, service)
    outlets.start(settings, service)


def flush() -> None:
    """Write what has been gathered: before a Lambda answers, because it may be frozen right after."""
    instruments.flush()
    traces.flush()
