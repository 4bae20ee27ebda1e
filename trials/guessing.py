"""10,000 wrong passwords for one account, from one client and from many: what happens to its owner.

`.venv/bin/python -m trials.guessing [--report FILE] [--tries 10000] [--clients 2000] [--threads 20]` starts a
Postgres of its own and sends the passwords through the product's own use-cases, with real bcrypt hashes, as
fast as so many threads can. Meanwhile the owner signs in from three places, and waits as long as they are
told. What takes hours is not waited for: all stored times are moved into the past by as much, because the
pauses go by the database's clock, which nothing in the product sets.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import structlog
from sqlalchemy import func, select

from db import schema
from db.engine import Sessions, make_engine, make_sessions
from db.models import AuditEntry
from ingestion.audit import AuditAction
from ingestion.rules.pauses import PAUSES, Kind
from local.ports import free_port
from local.postgres import EmbeddedPostgres
from trials.guessing_door import Owner, anew, is_let_in, pass_by, sign_in, until

_HEAD_START = 3.0
"""Seconds of attack before the owner comes."""


def main(arguments: list[str]) -> int:
    """Attack in three ways; 0 when no more passwords were looked at than the rules allow."""
    parser = argparse.ArgumentParser(prog="python -m trials.guessing", description=__doc__)
    parser.add_argument("--report", type=Path, help="a file for what is printed")
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=2_000)
    parser.add_argument("--threads", type=int, default=20)
    options = parser.parse_args(arguments)
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())  # what is logged goes nowhere
    lines = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ending:
        for line in _seen(_database(Path(folder), ending), options):
            print(line, flush=True)
            lines.append(line)
    if options.report:
        options.report.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if any("MORE" in line for line in lines) else 0


def _seen(sessions: Sessions, options: argparse.Namespace) -> Iterator[str]:
    def one(_: int) -> str:
        return "192.0.2.1"

    def many(number: int) -> str:
        return f"198.18.{number % options.clients // 250}.{number % 250}"  # RFC 2544: for measurements

    yield "One client:"
    yield from _attack(sessions, one, options)
    yield from afterwards(sessions, one, options.tries, options.threads)
    yield f"{options.clients:,} clients:"
    yield from _attack(sessions, many, options)
    yield from afterwards(sessions, many, options.tries, options.threads)
    yield f"{options.clients:,} clients that have been at it for an hour:"
    yield from _attack(sessions, many, options, hours=1)
    yield "200 at once:"
    yield from _at_once(sessions, one, Kind.ACCOUNT_AND_CLIENT)
    yield from _at_once(sessions, many, Kind.ACCOUNT)


def _attack(
    sessions: Sessions, client_of: Callable[[int], str], options: argparse.Namespace, hours: int = 0
) -> Iterator[str]:
    """Attack, have the owner sign in meanwhile and afterwards; what was seen, a line each.

    For so many hours before, a password was wrong each minute, from addresses that do not come again.
    """
    door, browser = anew(sessions)
    for minute in range(60 * hours):
        pass_by(sessions, 60)
        assert is_let_in(sessions, f"203.0.113.{minute + 100}")
    attackers, tries, began = client_of(0), options.tries, time.monotonic()
    with ThreadPoolExecutor(options.threads) as pool, ThreadPoolExecutor(3) as owners:
        sent = [pool.submit(door.is_refused, client_of(number), number) for number in range(tries)]
        time.sleep(_HEAD_START)

        def come(client: str, token: str | None) -> Owner:
            return sign_in(door, client, token, lambda: not all(one.done() for one in sent))

        places = {
            "a known browser": owners.submit(come, attackers, browser),
            "a new browser elsewhere": owners.submit(come, "203.0.113.7", None),
            "a new browser at an attacker's address": owners.submit(come, attackers, None),
        }
        refused = sum(one.result() for one in sent)
        seconds = time.monotonic() - began
        yield f"{tries:,} wrong passwords in {seconds:.0f} s: {tries - refused} looked at, {refused:,} not"
        yield from (f"the owner, {place}: {owner.result()}" for place, owner in places.items())
    yield f"in the audit log: {_entries(sessions)}"


def afterwards(
    sessions: Sessions, client_of: Callable[[int], str], tries: int, threads: int
) -> Iterator[str]:
    """The same attack while the owner stays away, and how long it has consequences; a line each."""
    door, _ = anew(sessions)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda number: door.is_refused(client_of(number), number), range(tries)))
    free = PAUSES[Kind.ACCOUNT_AND_CLIENT].free
    for place, client in {
        "a new browser elsewhere": "203.0.113.7",
        "an attacker's address": client_of(0),
    }.items():
        first, all_free = (until(sessions, client, times) for times in (1, free))
        yield f"{place} may try {first} s after the end, {free} times in a row after {all_free} s"


def _at_once(sessions: Sessions, client_of: Callable[[int], str], kind: Kind) -> Iterator[str]:
    door, _ = anew(sessions)
    began = time.monotonic()
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(door.is_refused, map(client_of, range(200)), range(200)))
    seconds = time.monotonic() - began
    number, most = len(door.looked_at), PAUSES[kind].most_within(seconds)
    verdict = "allowed" if number <= most else "MORE than allowed"
    yield f"counted by {kind.value}: {number} looked at in {seconds:.1f} s, {most} are allowed: {verdict}"


def _entries(sessions: Sessions) -> str:
    with sessions() as session:
        found = session.execute(select(AuditEntry.action, func.count()).group_by(AuditEntry.action))
        counted = {action: number for action, number in found}  # noqa: C416  (a Result has keys)
    refused, paused = counted[AuditAction.SIGN_IN_REFUSED], counted[AuditAction.SIGN_IN_PAUSED]
    return f"{refused} wrong passwords, {paused} beginnings of pauses"


def _database(folder: Path, ending: ExitStack) -> Sessions:
    postgres = EmbeddedPostgres(folder / "postgres", folder / "postgres.log")
    ending.callback(postgres.delete)
    postgres.start(free_port())
    url = postgres.url("guessing")
    schema.upgrade(url)
    engine = make_engine(url)
    ending.callback(engine.dispose)
    return make_sessions(engine)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
