"""python -m local: the part of run.py and of ingest that runs inside the environment."""

import sys
from pathlib import Path

from local import backup, command_line, notebook, stack, users
from local.console import Console
from local.errors import StackError
from local.folders import Folders

PROJECT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Run the stack, or do something with its data, as run.py and ingest say it; 0 when that went well."""
    console = Console()
    folders = Folders(PROJECT)
    try:
        match arguments:
            case ["reset"]:
                stack.reset(folders, console)
            case ["backup", file, *options]:
                backup.back_up(folders, Path(file), console, replace=options == ["--force"])
            case ["restore", file]:
                backup.restore(folders, Path(file), console)
            case ["ingest", *rest]:
                return command_line.become(folders, rest)
            case ["users", *rest]:
                return users.run(folders, rest)
            case ["notebook", *options]:
                return notebook.run(folders, options)
            case _:
                stack.run(folders, console)
    except StackError as error:
        console.failure(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
