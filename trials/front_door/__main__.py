"""The running product's front door, tried by script: headers, cookies, routes, methods, sockets and ports.

`.venv/bin/python -m trials.front_door --report FILE [--address URL] [--scanner PROGRAM]` starts the product
as `run.py` does, in a copy, or takes one that runs on this machine. It becomes two users and a visitor, asks
for everything that the server is to give or refuse, and writes what was seen. `--scanner` names a `wapiti`,
which is then run with the first user's cookie; it is no part of the product. The exit code is 1 where
a check was not as it should be. Registers accounts: not for a product that people use.
"""

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.launcher import Launcher, copy_of_project
from trials.front_door.people import people_of
from trials.front_door.rounds import cookies, headers, hosts, methods, odd_requests, routes, sockets
from trials.front_door.scanner import scan
from trials.front_door.seen import Check, listening, written


def main(arguments: list[str]) -> int:
    """Ask for everything, write the report; 1 where something is not as it should be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--report", type=Path, required=True, help="file for what was seen, as Markdown")
    parser.add_argument("--address", help="of a product that runs, such as http://127.0.0.1:8501")
    parser.add_argument("--scanner", type=Path, help="wapiti, as a program")
    options = parser.parse_args(arguments)
    with running(options.address) as address:
        checks, token = asyncio.run(tried(address))
        scanned = scan(options.scanner, address, token) if options.scanner else []
        ports = listening()
    options.report.write_text(written(address, checks, ports, scanned), encoding="utf-8")
    wrong = [check for check in checks if not check.is_right]
    print(
        f"{len(checks)} checks, {len(wrong)} not as they should be, {len(scanned)} findings of the scanner."
    )
    for check in wrong:
        print(f"- {check.subject}: expected {check.expected}, saw {check.seen}")
    return 1 if wrong else 0  # what a scanner finds, somebody has to judge


@contextmanager
def running(address: str | None) -> Iterator[str]:
    """The address of a product: the one that was named, or one that is started and ended here."""
    if address:
        yield address
        return
    with tempfile.TemporaryDirectory() as folder, copy_of_project(Path(folder)) as project:
        launcher = Launcher(project)
        try:
            yield launcher.address()
        finally:
            launcher.end(signal.SIGINT)


async def tried(address: str) -> tuple[list[Check], str]:
    """Every check, and the first user's session token for the scanner."""
    async with people_of(address) as people:
        checks = [
            *headers(address),
            *cookies(people),
            *hosts(address),
            *methods(address),
            *odd_requests(address),
            *await routes(people),
            *await sockets(people),
        ]
        return checks, people.user.token


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
