#!/usr/bin/env python3
"""The whole product on this machine, with one command and nothing but Python 3.11.

python3 run.py                 start everything; Ctrl-C stops it
python3 run.py test [args ...]  run what CI runs; with arguments only pytest, with these
python3 run.py reset [--yes]   delete local data, after asking
python3 run.py backup FILE     write all local data to one file, while the product runs or not
python3 run.py restore FILE    replace all local data by that of such a file, after asking
python3 run.py users [args ...] accounts without the dashboard, while the product runs; --help says more
python3 run.py notebook        JupyterLab over the uploads, while the product runs

Beside it, while the product runs: ./ingest --help says what its command line does.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036  before anything that an older Python cannot read
    found = ".".join(str(part) for part in sys.version_info[:3])
    sys.exit("run.py needs Python 3.11 or newer, and this is " + found + ". Try: python3.12 run.py")

from local import checks, environments, lock
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
        if arguments[:1] in (["test"], ["users"]):  # not parsed: what follows is for another program
            return _pass_on(folders, arguments, console)
        return _do(folders, _parser().parse_args(arguments), console)
    except KeyboardInterrupt:
        console.failure("Interrupted. The next start goes on where this one stopped.")
        return INTERRUPTED
    except StackError as error:
        console.failure(str(error))
    except OSError as error:
        console.failure(f"{error.strerror}: {error.filename}" if error.filename else str(error))
    return 1


def _do(folders: Folders, options: argparse.Namespace, console: Console) -> int:
    match options.command:
        case "reset":
            return _reset(folders, console, sure=options.yes)
        case "backup":
            return _backup(folders, console, options.file, force=options.force)
        case "restore":
            return _restore(folders, console, options.file, sure=options.force)
        case "notebook":
            return _notebook(folders, console, options.options)
        case _:
            return _start(folders, console)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py",
        description="The Data Ingestion Tool on this machine: database, S3, SQS, worker and dashboard.",
        epilog="Data and logs are in .local/, packages in .venv/ and the .venv-*/ beside it.",
    )
    commands = parser.add_subparsers(dest="command", metavar="command")
    commands.add_parser("start", help="start everything and print the dashboard's address (the default)")
    commands.add_parser("test", help="run what CI runs; with arguments only pytest, with these")
    reset = commands.add_parser("reset", help="delete all local data, after asking")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    backup = commands.add_parser("backup", help="write all local data to one file, while it is used or not")
    backup.add_argument("--force", action="store_true", help="replace FILE if it exists")
    restore = commands.add_parser("restore", help="replace all local data by a backup, after asking")
    restore.add_argument("--force", action="store_true", help="do not ask")
    commands.add_parser("users", help="accounts without the dashboard, while it runs: users --help says more")
    notebook = commands.add_parser("notebook", help="JupyterLab over the uploads, while the product runs")
    how = notebook.add_mutually_exclusive_group()
    for option, what in (
        ("--no-browser", "only print the address"),
        ("--execute", "instead execute the notebooks anew, and keep what comes out"),
    ):
        how.add_argument(option, dest="options", action="append_const", const=option, default=[], help=what)
    for command in (backup, restore):
        command.add_argument("file", type=Path, metavar="FILE")
    return parser


def _start(folders: Folders, console: Console) -> int:
    folders.create()
    console.heading("Data Ingestion Tool")
    _prepare(folders, "requirements-local.txt", console)
    return _continue_inside(folders, [])


def _test(folders: Folders, pytest_arguments: list[str], console: Console) -> int:
    folders.create()
    _prepare(folders, "requirements-dev.txt", console)
    if not pytest_arguments:
        requirements = folders.project / "local" / "checks-requirements.txt"
        environments.ensure(folders.checks_environment, requirements, folders.log("setup"), console)
    return checks.run(folders, pytest_arguments, console)


def _pass_on(folders: Folders, arguments: list[str], console: Console) -> int:
    if arguments[0] == "test":
        return _test(folders, arguments[1:], console)
    if not environments.python_of(folders.environment).exists():
        raise StackError(lock.NOT_RUNNING)
    return _continue_inside(folders, arguments)


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


def _backup(folders: Folders, console: Console, file: Path, force: bool) -> int:
    if not folders.postgres.exists():
        raise StackError("There is no local data to back up.")
    if file.exists() and not force:
        raise StackError(f"{file} exists already. Name another file, or add --force to replace it.")
    if not file.absolute().parent.is_dir():
        raise StackError(f"There is no folder {file.absolute().parent}: make it first.")
    _prepare(folders, "requirements-local.txt", console)
    return _continue_inside(folders, ["backup", str(file.absolute()), *(["--force"] if force else [])])


def _restore(folders: Folders, console: Console, file: Path, sure: bool) -> int:
    if not file.is_file():
        raise StackError(f"There is no file {file}.")
    question = f"Replace all uploads, contacts and accounts in {folders.root} by those of {file}? [y/N] "
    if folders.postgres.exists() and not sure and not _confirms(question):
        console.line("Nothing was changed.")
        return 1
    folders.create()
    _prepare(folders, "requirements-local.txt", console)
    return _continue_inside(folders, ["restore", str(file.absolute())])


def _notebook(folders: Folders, console: Console, options: list[str]) -> int:
    lock.running(folders.lock)  # or say so, before anything is downloaded
    # The environment of the tests has all that is needed, and more.
    if not environments.is_current(folders.environment, folders.project / "requirements-dev.txt"):
        requirements = folders.project / "requirements-notebook.txt"
        environments.ensure(folders.environment, requirements, folders.log("setup"), console)
    return _continue_inside(folders, ["notebook", *options])


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
        console.line("The first start downloads packages, which takes about half a minute.")
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
