"""python3 run.py users: the product's own command for accounts, over the database that runs here."""

import subprocess
from collections.abc import Sequence

from local import beside, commands, lock
from local.folders import Folders


def run(folders: Folders, arguments: Sequence[str]) -> int:
    """Run the command with these arguments, at this terminal; its exit code. Raises StackError."""
    running = lock.running(folders.lock)
    environment = beside.environment(folders, running)
    told = with_address(arguments, running.address)
    return subprocess.run(
        [*commands.USERS, *told], cwd=folders.project, env=environment, check=False
    ).returncode


def with_address(arguments: Sequence[str], address: str) -> list[str]:
    """The arguments; where a link is printed and nobody said yet where the dashboard is, with its address."""
    is_said = any(argument.startswith("--address") for argument in arguments)
    prints_link = arguments[:1] in (["invite"], ["reset"]) or "--link" in arguments
    return [*arguments, *(["--address", address] if prints_link and not is_said and address else [])]
