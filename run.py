#!/usr/bin/env python3
"""The whole product on this machine, with one command and nothing but Python 3.11.

python3 run.py                 start everything; Ctrl-C stops it
python3 run.py test [args ...]  run what CI runs; with arguments only pytest, with these
python3 run.py reset [--yes]   delete local data, after asking
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036  before anything that an older Python cannot read
    found = ".".join(str(part) for part in sys.version_info[:3])
    sys.exit("run.py needs Python 3.11 or newer, and this is " + found + ". Try: python3.12 run.py")

from local import checks, environments
from local.console import Console
from local.errors import StackError
from local.folders import Folders

PROJECT = Path(__file__).resolve().parent
INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    """Do what the command line asks for; 0 when that went well."""
    console = Console()
    folders = Folders(PROJECT)
    try:
        if arguments[:1] == ["test"]:  # not parsed: what follows is for pytest
            return _test(folders, arguments[1:], console)
        options = _parser().parse_args(arguments)
        if options.command == "reset":
            return _reset(folders, console, sure=options.yes)
        return _start(folders, console)
    except KeyboardInterrupt:
        console.failure("Interrupted. The next start goes on where this one stopped.")
        return INTERRUPTED
    except StackError as error:
        console.failure(str(error))
    except OSError as error:
        console.failure(f"{error.strerror}: {error.filename}" if error.filename else str(error))
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py",
        description="The Data Ingestion Tool on this machine: database, S3, SQS, worker and dashboard.",
        epilog="Data and logs are in .local/, packages in .venv/ and .venv-aws/.",
    )
    commands = parser.add_subparsers(dest="command", metavar="command")
    commands.add_parser("start", help="start everything and print the dashboard's address (the default)")
    commands.add_parser("test", help="run what CI runs; with arguments only pytest, with these")
    reset = commands.add_parser("reset", help="delete all local data, after asking")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    return parser


def _start(folders: Folders, console: Console) -> int:
    folders.create()
    console.heading("Data Ingestion Tool")
    _prepare(folders, "requirements-local.txt", console)
    return _continue_inside(folders, [])


def _test(folders: Folders, pytest_arguments: list[str], console: Console) -> int:
    folders.create()
    _prepare(folders, "requirements-dev.txt", console)
    log = folders.log("setup")
    return checks.run(folders.project, folders.environment, pytest_arguments, log, console)


def _reset(folders: Folders, console: Console, sure: bool) -> int:
    if not folders.root.exists():
        console.line("There is no local data.")
        return 0
    if not sure and not _confirms(f"Delete all uploads, contacts and accounts in {folders.root}? [y/N] "):
        console.line("Nothing was deleted.")
        return 1
    if environments.python_of(folders.environment).exists():
        return _continue_inside(folders, ["reset"])
    shutil.rmtree(folders.root)  # never started, so there is nothing to stop
    return 0


def _confirms(question: str) -> bool:
    try:
        return input(question).strip().lower() in {"y", "yes"}
    except EOFError:
        return False


def _prepare(folders: Folders, requirements: str, console: Console) -> None:
    """Make both environments stand. The first time downloads about 200 MB of packages."""
    log = folders.log("setup")
    product, emulator = (
        folders.project / requirements,
        folders.project / "local" / "ministack-requirements.txt",
    )
    if not environments.python_of(folders.environment).exists():
        console.line("The first start downloads packages, which takes a minute or two.")
    environments.ensure(folders.environment, product, log, console)
    environments.ensure(folders.emulator_environment, emulator, log, console)


def _continue_inside(folders: Folders, arguments: list[str]) -> int:
    """Become `python -m local` inside the environment; comes back only where that fails."""
    python = str(environments.python_of(folders.environment))
    os.chdir(folders.project)
    sys.stdout.flush()
    os.execv(python, [python, "-m", "local", *arguments])  # noqa: S606  a fixed program of ours


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
