"""What a command of the product runs with that is started beside the launcher."""

import os

from dotenv import dotenv_values

from local.environment import environment_over
from local.errors import StackError
from local.folders import Folders
from local.lock import AlreadyRunning, LauncherLock

NOT_RUNNING = "The product does not run. Start it with python3 run.py, and repeat this beside it."


def environment(folders: Folders, running: AlreadyRunning) -> dict[str, str]:
    """The variables for a command that works on what runs, by the settings of the project."""
    chosen = {name: value for name, value in dotenv_values(folders.project / ".env").items() if value}
    return environment_over(chosen | dict(os.environ), running.services)


def running(folders: Folders) -> AlreadyRunning:
    """Who runs the product here, and how its parts are found. Raises StackError where nobody does."""
    folders.create()
    lock = LauncherLock(folders.lock)
    try:
        lock.acquire()
    except AlreadyRunning as holder:
        if holder.services:
            return holder
        raise
    lock.release()
    raise StackError(NOT_RUNNING)
