"""Child processes of the launcher: start, watch, stop, and find again after the launcher was killed."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from local import logs

MARKER = "INGESTION_LAUNCHER_FOLDER"
"""Environment variable that every child carries: the `.local` folder it belongs to."""

CLOCK_SLACK = 2.0
"""Seconds by which one process's creation time may read differently: the boot time follows the clock."""

LAST_GRACE = 5.0
"""Seconds that a child may take over its last signal, where that is not SIGKILL."""

Condition = Callable[[], bool]


def never() -> bool:
    """The condition that does not come true."""
    return False


@dataclass(frozen=True)
class Account:
    """The operating system's user that a child runs as."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Command:
    """How a child is started, and how it is asked to stop."""

    name: str
    arguments: Sequence[str]
    log: Path
    folder: Path
    environment: Mapping[str, str]
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    last_signal: signal.Signals = signal.SIGKILL


@dataclass(frozen=True)
class Identity:
    """A process as it can be recognized later: the number alone may belong to somebody else by then."""

    name: str
    pid: int
    created: float
    marker: str


@dataclass
class Child:
    """One process in a session of its own, so that the terminal's Ctrl-C does not reach it."""

    command: Command
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _identity: Identity | None = field(default=None, init=False)
    _log_start: int = field(default=0, init=False)

    def start(self) -> None:
        """Start the process; its output is appended to the command's log file."""
        command = self.command
        logs.trim(command.log)
        self._log_start = logs.size(command.log)
        account = command.account
        with command.log.open("ab") as log:
            self._process = subprocess.Popen(
                list(command.arguments),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=command.folder,
                env=dict(command.environment),
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        self._identity = identify(command.name, self._process.pid, command.environment.get(MARKER, ""))

    @property
    def identity(self) -> Identity | None:
        """Who the process is, once it was started."""
        return self._identity

    @property
    def exit_code(self) -> int | None:
        """None while the process runs; negative for the signal that ended it; -1 before the first start."""
        return self._process.poll() if self._process else -1

    @property
    def complaint(self) -> str:
        """What the process last complained about in its log since it was started."""
        return logs.complaint(self.command.log, self._log_start)

    @property
    def last_line(self) -> str:
        """What the process last wrote to its log since it was started."""
        return logs.last_line(self.command.log, self._log_start)

    def stop(self, hurried: Condition = never) -> None:
        """Ask the process to stop; end it after its grace, or once `hurried`; end what it left behind."""
        if self._process is None or self._identity is None:
            return
        command = self.command
        if self._process.poll() is None:
            self._process.send_signal(command.stop_signal)
            if not self._ends_within(command.grace, hurried):
                self._process.send_signal(command.last_signal)
                if not self._ends_within(LAST_GRACE, never):
                    self._process.kill()
        left_behind = members(self._identity)
        end(left_behind, signal.SIGTERM, grace=0.0 if hurried() else 1.0)
        self._process.wait()

    def _ends_within(self, seconds: float, hurried: Condition) -> bool:
        assert self._process is not None
        deadline = time.monotonic() + seconds
        while self._process.poll() is None:
            if hurried() or time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


def identify(name: str, pid: int, marker: str) -> Identity:
    """The identity of the running process `pid`."""
    try:
        return Identity(name, pid, psutil.Process(pid).create_time(), marker)
    except psutil.NoSuchProcess:  # it has ended already
        return Identity(name, pid, time.time(), marker)


def members(identity: Identity) -> list[psutil.Process]:
    """The living processes of the session that `identity` leads or led.

    Where its leader is gone, a session is ours only if its members carry the marker, because the number may
    have been given to another session since.
    """
    leader_is_ours = _is_same(identity)
    if leader_is_ours is False:
        return []
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) != identity.pid or not is_alive(process):
                continue
            if leader_is_ours or _carries(process, identity.marker):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def _carries(process: psutil.Process, marker: str) -> bool:
    return bool(marker) and process.environ().get(MARKER) == marker


def _is_same(identity: Identity) -> bool | None:
    """Whether the process with that number is the one identified; None where there is none."""
    try:
        process = psutil.Process(identity.pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return abs(process.create_time() - identity.created) < CLOCK_SLACK
    except psutil.Error:
        return None


def end(
    processes: Iterable[psutil.Process],
    first: signal.Signals,
    grace: float,
    last: signal.Signals = signal.SIGKILL,
) -> None:
    """Send `first` to each process, and `last` to those that still run after `grace` seconds."""
    remaining = list(processes)
    for chosen, seconds in ((first, grace), (last, LAST_GRACE)):
        for process in remaining:
            with contextlib.suppress(psutil.Error):
                process.send_signal(chosen)
        deadline = time.monotonic() + seconds
        while (remaining := [process for process in remaining if is_alive(process)]) and (
            time.monotonic() < deadline
        ):
            time.sleep(0.02)


def is_alive(process: psutil.Process) -> bool:
    """Whether the process runs: not where it has ended and only waits for its parent to notice."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
