"""python -m local: the part of run.py that runs inside the environment."""

import sys
from pathlib import Path

from local import backup, notebook, stack, users
from local.console import Console
from local.errors import StackError
from local.folders import Folders

PROJECT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Run the stack, or do something with its data, as run.py says it; 0 when that went well."""
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
            case ["users", *rest]:
                return users.run(folders, rest)
            case ["notebook", "--execute"]:
                return notebook.execute(folders)
            case ["notebook", *options]:
                return notebook.run(folders, opens_browser="--no-browser" not in options)
            case _:
                stack.run(folders, console)
    except StackError as error:
        console.failure(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
