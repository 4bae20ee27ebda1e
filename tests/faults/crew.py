"""The workers of a trial: real processes, started again when they end, as `run.py` does."""

import contextlib
import signal
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from local import commands, processes
from local.processes import Child, Command

PROJECT = Path(__file__).resolve().parent.parent.parent
STOP_SECONDS = 40.0
"""A worker that was told to stop and runs after so long is stuck: it hands back within 10 s here."""
_GLANCE = 0.1
_TAIL_BYTES = 3_000


class _Worker:
    """One `python -m tasks`, again and again."""

    def __init__(self, number: int, environment: Mapping[str, str], folder: Path) -> None:
        self.log = folder / f"worker-{number}.log"
        self.told_to_stop_at: float | None = None
        self.child = Child(
            Command(
                name=f"worker {number}",
                arguments=commands.worker("1"),
                log=self.log,
                folder=PROJECT,
                environment={**environment, processes.MARKER: f"{folder}/{number}"},
                grace=STOP_SECONDS,
            )
        )

    def members(self) -> list[psutil.Process]:
        """Its processes, the master first."""
        identity = self.child.identity
        found = processes.members(identity) if identity else []
        return sorted(found, key=lambda one: (identity is None or one.pid != identity.pid, one.pid))


class Crew:
    """Some workers. `complaints` are what they did that no worker may do."""

    def __init__(self, count: int, environment: Mapping[str, str], folder: Path) -> None:
        self._workers = [_Worker(number, environment, folder) for number in range(1, count + 1)]
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._watch = threading.Thread(target=self._look_after, name="crew")
        self.restarts = 0
        self.complaints: list[str] = []

    def start(self) -> None:
        """Start all, and keep them running."""
        for worker in self._workers:
            worker.child.start()
        self._watch.start()

    def kill(self, victim: int) -> str:
        """Kill a worker: all of it, only its master, or only the process that works; says what was killed."""
        worker = self._workers[victim % len(self._workers)]
        with self._lock:
            found = worker.members()
            which = victim // len(self._workers) % 3
            meant = [found, found[:1], found[-1:]][which]
            for process in meant:
                with contextlib.suppress(psutil.Error):
                    process.kill()
        return f"{worker.child.command.name}, {('all of it', 'its master', 'what works')[which]}"

    def tell_to_stop(self, victim: int) -> str:
        """Tell a worker to stop, and nothing more; says which."""
        worker = self._workers[victim % len(self._workers)]
        with self._lock:
            found = worker.members()
            if found and worker.told_to_stop_at is None:
                found[0].terminate()
                worker.told_to_stop_at = time.monotonic()
        return worker.child.command.name

    def stop(self) -> None:
        """Stop all in order, and look whether something stays."""
        if self._is_over.is_set():
            return
        self._is_over.set()
        self._watch.join()
        for worker in self._workers:
            for process in worker.members()[:1]:
                process.terminate()
        for worker in self._workers:
            worker.child.stop()
            self.complaints += [f"{one} is left of {worker.child.command.name}" for one in worker.members()]

    def last_words(self) -> str:
        """The ends of their logs."""
        return "\n".join(f"--- {one.log.name}\n{_tail(one.log)}" for one in self._workers)

    def _look_after(self) -> None:
        while not self._is_over.wait(_GLANCE):
            for worker in self._workers:
                with self._lock:
                    self._look_at(worker)

    def _look_at(self, worker: _Worker) -> None:
        told = worker.told_to_stop_at
        if worker.child.exit_code is None:
            if told is None or time.monotonic() - told < STOP_SECONDS:
                return
            self.complaints.append(
                f"{worker.child.command.name} ran {STOP_SECONDS:.0f} s after it was told to stop"
            )
            for process in worker.members():
                process.send_signal(signal.SIGKILL)
        worker.child.stop()  # what a killed master left
        worker.told_to_stop_at = None
        worker.child.start()
        self.restarts += 1


def _tail(log: Path) -> str:
    return log.read_bytes()[-_TAIL_BYTES:].decode(errors="replace") if log.exists() else ""
