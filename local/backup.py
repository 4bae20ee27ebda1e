"""python3 run.py backup and restore: the product's own commands, over the embedded stack."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from local import commands, replacement
from local.console import Console, Step
from local.environment import environment_over
from local.errors import StackError
from local.folders import Folders
from local.interruption import Interruption
from local.lock import AlreadyRunning, LauncherLock
from local.postgres_binaries import client_programs
from local.processes import Child, Command
from local.stack import Interrupted, Stack, stop
from local.supervisor import Supervisor

GRACE = 15.0
"""Seconds in which a command that is told to stop removes what is unfinished."""


def back_up(folders: Folders, file: Path, console: Console, *, replace: bool) -> None:
    """Write all local data to `file`, from the product that runs, or from its data where it does not.

    Raises StackError; nothing is left under that name then.
    """
    folders.create()
    interruption = _interruption(console)
    with _owning_data(folders, console, interruption) as environment, console.step("Backup") as step:
        arguments = ["dump", *(["--force"] if replace else []), "--", str(file)]
        step.result = _run(folders, environment, arguments, step, interruption)
    console.line(f"{file} holds contacts and password hashes: only you can read it, keep it that way.")


def restore(folders: Folders, file: Path, console: Console) -> None:
    """Replace all local data by what `file` holds. Raises StackError; the data is as before then.

    The new data is made beside the present, which is deleted once the new one stands.
    """
    folders.create()
    interruption = _interruption(console)
    with _stopped(folders, console):
        with console.step("Backup file") as step:
            asking = ["check", "--into", str(folders.root), "--", str(file)]
            step.result = _run(folders, os.environ, asking, step, interruption)
        beside = replacement.begin(folders)
        try:
            with (
                _storage(beside, console, interruption) as environment,
                console.step("Restore") as step,
            ):
                step.result = _run(folders, environment, ["restore", "--", str(file)], step, interruption)
            replacement.commit(folders)
        finally:
            replacement.abandon(folders)  # nothing where it was committed
    console.line("Everything is as it was then. Start with python3 run.py, and sign in again.")


@contextmanager
def _owning_data(
    folders: Folders, console: Console, interruption: Interruption
) -> Iterator[Mapping[str, str]]:
    """How to reach the data: of the launcher that runs, or of a database and a store for the time."""
    try:
        with _lock(folders, console), _storage(folders, console, interruption) as environment:
            yield environment
    except AlreadyRunning as running:
        if not running.services:
            raise
        yield environment_over(os.environ, running.services)


@contextmanager
def _stopped(folders: Folders, console: Console) -> Iterator[None]:
    """Keep the product from running meanwhile. Raises StackError where it runs."""
    try:
        with _lock(folders, console):
            yield
    except AlreadyRunning as running:
        raise StackError(f"Stop the product first: its data is replaced. {running}") from None


@contextmanager
def _lock(folders: Folders, console: Console) -> Iterator[None]:
    lock = LauncherLock(folders.lock)
    lock.acquire()
    try:
        replacement.settle(folders, console)
        yield
    finally:
        lock.release()


@contextmanager
def _storage(folders: Folders, console: Console, interruption: Interruption) -> Iterator[Mapping[str, str]]:
    watched = Supervisor(folders.records, console.line)
    try:
        stack = Stack(folders, console, interruption, watched)
        stack.start_storage()
        yield stack.environment
    except Interrupted:
        raise _interrupted() from None
    finally:
        stop(watched, interruption, console)


def _run(
    folders: Folders,
    environment: Mapping[str, str],
    arguments: Sequence[str],
    step: Step,
    interruption: Interruption,
) -> str:
    """Run the product's command to its end; the last line that it said. Raises StackError with that line."""
    path = f"{client_programs()}{os.pathsep}{environment.get('PATH', os.defpath)}"
    child = Child(
        Command(
            name="backup",
            arguments=[*commands.BACKUP, *arguments],
            log=folders.log("backup"),
            folder=folders.project,
            environment={**environment, "PATH": path},
            grace=GRACE,
        )
    )
    child.start()
    try:
        while child.exit_code is None:
            if interruption.requested():
                raise _interrupted()
            if under_way := child.last_line:
                step.progress(under_way)
            time.sleep(0.1)
    finally:
        child.stop(interruption.hurried)
    if child.exit_code != 0:
        raise StackError(f"{child.last_line} (log: {folders.log('backup')})")
    return child.last_line


def _interruption(console: Console) -> Interruption:
    interruption = Interruption(lambda: console.line("Stopping. Ctrl-C again does not wait."))
    interruption.install()
    return interruption


def _interrupted() -> StackError:
    return StackError("Interrupted. Nothing unfinished is left, and the data is as before.")
