"""python3 run.py users: the product's own command for accounts, over the database that runs here."""

import os
import subprocess
from collections.abc import Sequence

from dotenv import dotenv_values

from local import commands
from local.environment import environment_over
from local.errors import StackError
from local.folders import Folders
from local.lock import AlreadyRunning, LauncherLock


def run(folders: Folders, arguments: Sequence[str]) -> int:
    """Run the command with these arguments, at this terminal; its exit code. Raises StackError."""
    running = _running(folders)
    chosen = {name: value for name, value in dotenv_values(folders.project / ".env").items() if value}
    environment = environment_over(chosen | dict(os.environ), running.services)
    told = [*arguments]
    if _prints_link(arguments) and running.address:
        told += ["--address", running.address]
    return subprocess.run(
        [*commands.USERS, *told], cwd=folders.project, env=environment, check=False
    ).returncode


def _prints_link(arguments: Sequence[str]) -> bool:
    """Whether it does, and nobody said yet where the dashboard is."""
    is_said = any(argument.startswith("--address") for argument in arguments)
    return not is_said and (arguments[:1] in (["invite"], ["reset"]) or "--link" in arguments)


def _running(folders: Folders) -> AlreadyRunning:
    folders.create()
    lock = LauncherLock(folders.lock)
    try:
        lock.acquire()
    except AlreadyRunning as running:
        if running.services:
            return running
        raise
    lock.release()
    raise StackError("The product does not run. Start it with python3 run.py, and repeat this beside it.")
