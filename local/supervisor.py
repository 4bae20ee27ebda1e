"""Keeps services running: starts again what dies, and remembers what was started."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

from local import logs, processes
from local.errors import StackError
from local.processes import Condition, Identity

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
SECONDS_THAT_COUNT_AS_STABLE = 60.0
ORPHAN_GRACE = 10.0


class Runnable(Protocol):
    """Something that runs until it is stopped."""

    @property
    def identity(self) -> Identity | None:
        """Who its process is, once it was started."""

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""

    @property
    def complaint(self) -> str:
        """The last line of its log that reads like an error."""

    def stop(self, hurried: Condition) -> None:
        """Stop it in order, or at once when `hurried`."""


@dataclass
class Service:
    """A runnable, and what starts it: the first time and, with `restart`, after it died."""

    name: str
    runnable: Runnable
    start: Callable[[], None]
    log: Path
    restart: Callable[[], None] | None = None
    ends_its_own_orphans: bool = False
    failures: int = field(default=0, init=False)
    started: float = field(default=0.0, init=False)
    due: float | None = field(default=None, init=False)


def restart_delay(failures: int) -> float:
    """Seconds to wait before the start that follows `failures` in a row."""
    return min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(failures, 10))


class Supervisor:
    """The services in the order in which they were started."""

    def __init__(self, records: Path, report: Callable[[str], None]) -> None:
        """`records` is the file that names our processes; `report` receives a line where something dies."""
        self._records = records
        self._report = report
        self._services: list[Service] = []

    def start(self, service: Service) -> None:
        """Start a service and keep it running from now on."""
        self._services.append(service)  # first: what fails half-way is stopped as well
        service.start()
        service.started = time.monotonic()
        self._record()

    def look(self) -> None:
        """Notice what has died, and start again what is due."""
        for service in self._services:
            logs.trim(service.log)
            if service.due is None and service.runnable.exit_code is not None:
                self._notice(service)
            elif service.due is not None and time.monotonic() >= service.due:
                self._restart(service)

    def stopping(self, hurried: Condition) -> Iterator[str]:
        """Stop every service, the newest first, giving each one's name before it is stopped."""
        while self._services:
            service = self._services.pop()
            yield service.name
            service.runnable.stop(hurried)
        self._records.unlink(missing_ok=True)

    def _notice(self, service: Service) -> None:
        if time.monotonic() - service.started > SECONDS_THAT_COUNT_AS_STABLE:
            service.failures = 0
        delay = restart_delay(service.failures)
        service.failures += 1
        service.due = time.monotonic() + delay
        how = ending(service.runnable.exit_code)
        why = f" ({service.runnable.complaint})" if service.runnable.complaint and how != "was killed" else ""
        self._report(f"{service.name} {how}{why}: starting it again in {delay:g} s, see {service.log}")

    def _restart(self, service: Service) -> None:
        service.runnable.stop(processes.never)  # what the dead process left behind
        try:
            (service.restart or service.start)()
        except StackError as error:
            delay = restart_delay(service.failures)
            service.failures += 1
            service.due = time.monotonic() + delay
            self._report(f"{service.name} did not come back, next try in {delay:g} s: {error}")
            return
        service.due = None
        service.started = time.monotonic()
        self._record()
        self._report(f"{service.name} runs again")

    def _record(self) -> None:
        recorded = [
            asdict(service.runnable.identity)
            for service in self._services
            if service.runnable.identity is not None and not service.ends_its_own_orphans
        ]
        unfinished = self._records.with_name(f"{self._records.name}.new")
        unfinished.write_text(json.dumps(recorded))
        unfinished.rename(self._records)


def ending(exit_code: int | None) -> str:
    """How a process ended, for people."""
    if exit_code == -signal.SIGKILL:
        return "was killed"
    if exit_code is not None and exit_code < 0:
        return f"was ended by {signal.Signals(-exit_code).name}"
    return f"ended with exit code {exit_code}"


def end_recorded(records: Path) -> int:
    """End what a killed launcher left running, the newest first, and nobody else; how many processes."""
    try:
        identities = [Identity(**record) for record in json.loads(records.read_text())]
    except (OSError, ValueError, TypeError):
        return 0
    ended = 0
    for identity in reversed(identities):
        found = processes.members(identity)
        processes.end(found, signal.SIGTERM, ORPHAN_GRACE)
        ended += len(found)
    records.unlink(missing_ok=True)
    return ended
