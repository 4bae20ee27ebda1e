"""python3 run.py notebook: JupyterLab over what runs here."""

import os
from collections.abc import Sequence

from local import beside, commands, lock
from local.folders import Folders


def run(folders: Folders, options: Sequence[str]) -> int:
    """Become JupyterLab, until it is stopped at this terminal. Raises StackError.

    With `--execute` it is the command that executes the notebooks anew.
    """
    if "--execute" in options:
        return _become(folders, commands.EXECUTE_NOTEBOOKS)
    # It refuses to run as root otherwise. Nobody else gets in: it asks for a token, on 127.0.0.1.
    as_root = ["--allow-root"] if os.geteuid() == 0 else []
    return _become(folders, [*commands.JUPYTERLAB, *options, *as_root])


def _become(folders: Folders, command: list[str]) -> int:
    """Not by a child, so that Ctrl-C and signals are the command's own. Comes back only where that fails."""
    environment = beside.environment(folders, lock.running(folders.lock))
    environment["PYTHONPATH"] = str(folders.project)
    os.chdir(folders.project)
    os.execve(command[0], command, environment)  # noqa: S606  a fixed program of ours
