"""One launcher at a time over one `.local` folder. Standard library only."""

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path

from local.errors import StackError

NOT_RUNNING = "The product does not run. Start it with python3 run.py, and repeat this beside it."


class AlreadyRunning(StackError):
    """Another launcher holds the lock; the message says where its dashboard is, and so does `address`.

    `services` are the variables by which what it runs is found. Both are empty while it starts or stops.
    """

    def __init__(self, message: str, services: Mapping[str, str], address: str) -> None:
        super().__init__(message)
        self.services = services
        self.address = address


class LauncherLock:
    """A lock that the kernel gives back when this process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock, or raise AlreadyRunning."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _read(descriptor)
            os.close(descriptor)
            address = str(holder.get("address") or "")
            raise AlreadyRunning(_already_running(holder), _services(holder), address) from None
        self._descriptor = descriptor
        self.publish("")

    def publish(self, address: str, services: Mapping[str, str] | None = None) -> None:
        """Tell a second launcher where this one's dashboard is, and how to find what else it runs.

        The database's password may be among that: nobody else can read the file.
        """
        assert self._descriptor is not None, "acquire first"
        holder = {"pid": os.getpid(), "address": address, "services": dict(services or {})}
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(holder).encode(), 0)

    def release(self) -> None:
        """Give the lock back; nothing where it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def running(path: Path) -> AlreadyRunning:
    """The launcher that holds the lock, and how what it runs is found.

    Raises StackError where none does, and AlreadyRunning while it starts or stops.
    """
    if path.exists():
        lock = LauncherLock(path)
        try:
            lock.acquire()
        except AlreadyRunning as launcher:
            if launcher.services:
                return launcher
            raise
        lock.release()
    raise StackError(NOT_RUNNING)


def _read(descriptor: int) -> dict[str, object]:
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def _services(holder: dict[str, object]) -> dict[str, str]:
    found = holder.get("services")
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _already_running(holder: dict[str, object]) -> str:
    process = f" as process {holder['pid']}" if holder.get("pid") else ""
    if holder.get("address"):
        return f"Already running{process}: open {holder['address']} (Ctrl-C where it was started stops it)."
    return f"Already starting or stopping{process}: wait a moment."
