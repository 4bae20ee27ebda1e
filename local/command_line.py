"""./ingest: the product's command line, over what runs here."""

import json
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from local import beside, commands, lock, users
from local.errors import StackError
from local.folders import Folders

INSTALLATION = "INGEST_INSTALLATION"
"""Names what runs here, whose database may have another port at each start."""
UNAVAILABLE = 4


def become(folders: Folders, arguments: Sequence[str]) -> int:
    """Become the command line, in this folder and at this terminal.

    Comes back only where the product does not run, having said so: UNAVAILABLE.
    """
    told = list(arguments)
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    try:
        running = lock.running(folders.lock)
    except StackError as error:
        if not _needs_nothing(told):
            _refuse(str(error), as_json="--json" in told)
            return UNAVAILABLE
    else:
        environment = beside.environment(folders, running)
        if told[:1] == ["users"]:
            told = ["users", *users.with_address(told[1:], running.address)]
    return _become([*commands.COMMAND_LINE, *told], {**environment, INSTALLATION: str(folders.root)})


def _needs_nothing(arguments: Sequence[str]) -> bool:
    """Whether it is about the command line itself."""
    is_help = not arguments or arguments[0] == "completion" or not {"--help", "-h"}.isdisjoint(arguments)
    return is_help or "_INGEST_COMPLETE" in os.environ


def _refuse(message: str, *, as_json: bool) -> None:
    error = {"error": {"kind": "StackError", "message": message}}
    print(json.dumps(error) if as_json else message, file=sys.stderr)


def _become(command: Sequence[str], environment: dict[str, str]) -> NoReturn:
    sys.stdout.flush()
    os.execve(command[0], list(command), environment)  # noqa: S606  a fixed program of ours
