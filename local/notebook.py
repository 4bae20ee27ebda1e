"""python3 run.py notebook: JupyterLab over what runs here."""

import os

from local import commands, lock
from local.environment import environment_beside
from local.folders import Folders


def run(folders: Folders, *, opens_browser: bool) -> int:
    """Become JupyterLab, until it is stopped at this terminal. Raises StackError."""
    options = [] if opens_browser else ["--no-browser"]
    # It refuses to run as root otherwise. Nobody else gets in: it asks for a token, on 127.0.0.1.
    options += ["--allow-root"] if os.geteuid() == 0 else []
    return _become(folders, [*commands.JUPYTERLAB, *options])


def execute(folders: Folders) -> int:
    """Become the command that executes the notebooks anew. Raises StackError."""
    return _become(folders, commands.EXECUTE_NOTEBOOKS)


def _become(folders: Folders, command: list[str]) -> int:
    """Not by a child, so that Ctrl-C and signals are the command's own. Comes back only where that fails."""
    services = lock.running(folders.lock).services
    environment = {**environment_beside(folders.project, services), "PYTHONPATH": str(folders.project)}
    os.chdir(folders.project)
    os.execve(command[0], command, environment)  # noqa: S606  a fixed program of ours
