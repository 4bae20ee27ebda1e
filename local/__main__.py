"""python -m local: the part of run.py that runs inside the environment."""

import sys
from pathlib import Path

from local import stack
from local.console import Console
from local.errors import StackError
from local.folders import Folders

PROJECT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Run the stack, or with "reset" delete its data; 0 when that went well."""
    console = Console()
    folders = Folders(PROJECT)
    try:
        if arguments == ["reset"]:
            stack.reset(folders, console)
        else:
            stack.run(folders, console)
    except StackError as error:
        console.failure(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
