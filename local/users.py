"""python3 run.py users: the product's own command for accounts, over the database that runs here."""

import subprocess
from collections.abc import Sequence

from local import commands, lock
from local.environment import environment_beside
from local.folders import Folders


def run(folders: Folders, arguments: Sequence[str]) -> int:
    """Run the command with these arguments, at this terminal; its exit code. Raises StackError."""
    folders.create()
    running = lock.running(folders.lock)
    environment = environment_beside(folders.project, running.services)
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
