"""10,000 wrong passwords for one account, from one client and from many: what happens to its owner.

`.venv/bin/python -m trials.guessing [--report FILE] [--tries 10000] [--clients 2000] [--threads 20]` starts a
Postgres of its own and sends the passwords through the product's own use-cases, with real bcrypt hashes, as
fast as so many threads can. Meanwhile the owner signs in from three places, and waits as long as they are
told. What takes hours is not waited for: all stored times are moved into the past by as much, because the
pauses go by the database's clock, which nothing in the product sets.
"""

import argparse
import bisect
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select, text
from streamlit_authenticator.utilities import Hasher

from db import schema
from db.engine import Sessions, make_engine, make_sessions
from db.models import AuditEntry
from ingestion import accounts, attempts, known_browsers
from ingestion.audit import AuditAction
from ingestion.errors import SignInPaused
from ingestion.rules.pauses import PAUSES, Kind
from local.ports import free_port
from local.postgres import EmbeddedPostgres

EMAIL, PASSWORD = "ana@example.com", "correct horse battery"
_HEAD_START = 3.0
"""Seconds of attack before the owner comes."""


@dataclass
class Door:
    """The way in: counts, looks at the password, and says how it ended, as the sign-in form does."""

    sessions: Sessions
    looked_at: list[str] = field(default_factory=list)
    """The clients whose password was compared with the account's hash."""

    def enter(self, password: str, client: str, browser: str | None = None) -> bool:
        """Whether the password was right. Raises SignInPaused where it was not looked at."""
        attempt = attempts.begin_sign_in(self.sessions, EMAIL, client, browser)
        self.looked_at.append(client)
        found = accounts.credentials_of(self.sessions, EMAIL)
        is_right = found is not None and Hasher.check_pw(password, found.password_hash)
        (attempts.accept if is_right else attempts.refuse)(self.sessions, attempt)
        return is_right

    def is_refused(self, client: str, number: int = 0) -> bool:
        """Send a wrong password; whether it was not even looked at."""
        try:
            self.enter(f"wrong password {number}", client)
        except SignInPaused:
            return True
        return False


@dataclass(frozen=True)
class Owner:
    """How the owner got in."""

    tries: int
    seconds: float
    """From the first try to the right one, with all waiting, also for the processors."""
    paused: float
    """Seconds of these in which they waited because they were told to."""
    during: bool
    """Whether the attack still went on."""

    def __str__(self) -> str:
        when = "while it went on" if self.during else "after its end"
        tries = "1 try" if self.tries == 1 else f"{self.tries} tries"
        return f"{self.seconds:.1f} s, {self.paused:.1f} s of them paused, {tries}, {when}"


def main(arguments: list[str]) -> int:
    """Attack in three ways; 0 when no more passwords were looked at than the rules allow."""
    parser = argparse.ArgumentParser(prog="python -m trials.guessing", description=__doc__)
    parser.add_argument("--report", type=Path, help="a file for what is printed")
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=2_000)
    parser.add_argument("--threads", type=int, default=20)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ending:
        sessions = _database(Path(folder), ending)
        lines = [
            "One client:",
            *_attack(sessions, lambda _: "192.0.2.1", options.tries, options.threads),
            f"\n{options.clients:,} clients:",
            *_attack(
                sessions, lambda number: _client(number % options.clients), options.tries, options.threads
            ),
            "\n200 at once:",
            *_at_once(sessions, lambda _: "192.0.2.1", Kind.ACCOUNT_AND_CLIENT),
            *_at_once(sessions, _client, Kind.ACCOUNT),
        ]
    print(*lines, sep="\n")
    if options.report:
        options.report.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 1 if any("MORE" in line for line in lines) else 0


def _attack(sessions: Sessions, client_of: Callable[[int], str], tries: int, threads: int) -> Iterator[str]:
    """Attack, have the owner sign in meanwhile and afterwards; what was seen, a line each."""
    door, browser = _anew(sessions)
    attackers, began = client_of(0), time.monotonic()
    with ThreadPoolExecutor(threads) as pool, ThreadPoolExecutor(3) as owners:
        sent = [pool.submit(door.is_refused, client_of(number), number) for number in range(tries)]
        time.sleep(_HEAD_START)

        def come(client: str, token: str | None) -> Owner:
            return _sign_in(door, client, token, lambda: not all(one.done() for one in sent))

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
    free = PAUSES[Kind.ACCOUNT_AND_CLIENT].free
    for place, client in {
        "a new browser elsewhere": "203.0.113.9",
        "an attacker's address": attackers,
    }.items():
        first, all_free = (_until(sessions, door, client, times) for times in (1, free))
        yield f"{place} may try again {first} s after the end, {free} times in a row after {all_free} s"


def _sign_in(door: Door, client: str, browser: str | None, goes_on: Callable[[], bool]) -> Owner:
    """Try, wait as told, try again, until it is the owner's turn."""
    began, tries, paused = time.monotonic(), 0, 0.0
    while True:
        tries += 1
        try:
            assert door.enter(PASSWORD, client, browser)
        except SignInPaused as pause:
            paused += pause.seconds
            time.sleep(pause.seconds)
        else:
            return Owner(tries, time.monotonic() - began, paused, goes_on())


def _until(sessions: Sessions, door: Door, client: str, times: int) -> int:
    """After how many seconds, to the minute, so many wrong passwords are looked at one after the other.

    What is stored stays as it was.
    """

    def are_looked_at(seconds: int) -> bool:
        with _as_it_was(sessions):
            _pass_by(sessions, seconds)
            return not any(door.is_refused(client) for _ in range(times))

    moments = range(0, 7 * 3600, 60)
    return moments[bisect.bisect_left(moments, True, key=are_looked_at)]


def _at_once(sessions: Sessions, client_of: Callable[[int], str], kind: Kind) -> Iterator[str]:
    door, _ = _anew(sessions)
    began = time.monotonic()
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(door.is_refused, map(client_of, range(200)), range(200)))
    seconds = time.monotonic() - began
    number, most = len(door.looked_at), PAUSES[kind].most_within(seconds)
    verdict = "allowed" if number <= most else "MORE than allowed"
    yield f"counted by {kind.value}: {number} looked at in {seconds:.1f} s, {most} are allowed: {verdict}"


def _anew(sessions: Sessions) -> tuple[Door, str]:
    """An account that nobody has attacked yet, and the token of its owner's browser."""
    with sessions.begin() as session:
        session.execute(text("TRUNCATE users, throttles, audit_log RESTART IDENTITY CASCADE"))
    account = accounts.register(sessions, EMAIL, "Ana", "López", Hasher.hash(PASSWORD))
    return Door(sessions), known_browsers.remember(sessions, account.id, instead_of=None)


def _entries(sessions: Sessions) -> str:
    with sessions() as session:
        found = session.execute(select(AuditEntry.action, func.count()).group_by(AuditEntry.action))
        counted = {action: number for action, number in found.tuples()}  # noqa: C416  (a Result has keys)
    refused, paused = counted[AuditAction.SIGN_IN_REFUSED], counted[AuditAction.SIGN_IN_PAUSED]
    return f"{refused} wrong passwords, {paused} beginnings of pauses"


def _pass_by(sessions: Sessions, seconds: float) -> None:
    with sessions.begin() as session:
        session.execute(
            text(
                "UPDATE throttles SET failed_at = failed_at - make_interval(secs => :seconds),"
                " blocked_until = blocked_until - make_interval(secs => :seconds)"
            ),
            {"seconds": seconds},
        )


@contextmanager
def _as_it_was(sessions: Sessions) -> Iterator[None]:
    """What is counted within this is put back at its end, as old as it is by then."""
    columns = "key, failures, failed_at, blocked_until"
    with sessions() as session:
        kept = [row._asdict() for row in session.execute(text(f"SELECT {columns} FROM throttles"))]  # noqa: S608
    yield
    with sessions.begin() as session:
        session.execute(text("TRUNCATE throttles"))
        session.execute(
            text("INSERT INTO throttles VALUES (:key, :failures, :failed_at, :blocked_until)"), kept
        )


def _client(number: int) -> str:
    return f"198.18.{number // 250}.{number % 250 + 1}"  # RFC 2544: addresses for measurements


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
