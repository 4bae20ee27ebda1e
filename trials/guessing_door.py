"""The way in that trials.guessing tries: an account on a real database, its owner, and time that passes."""

import bisect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import text
from streamlit_authenticator.utilities import Hasher

from db.engine import Sessions
from ingestion import accounts, attempts, known_browsers
from ingestion.errors import SignInPaused
from tests.accounts import add_account
from tests.emptying import empty_tables

EMAIL, PASSWORD = "ana@example.com", "correct horse battery"


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


def sign_in(door: Door, client: str, browser: str | None, goes_on: Callable[[], bool]) -> Owner:
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


def anew(sessions: Sessions) -> tuple[Door, str]:
    """An account that nobody has attacked yet, and the token of its owner's browser."""
    with sessions() as session:
        empty_tables(session.get_bind().engine)
    account = add_account(sessions, EMAIL, "Ana", "López", Hasher.hash(PASSWORD))
    return Door(sessions), known_browsers.remember(sessions, account.id, instead_of=None)


def until(sessions: Sessions, client: str, times: int) -> int:
    """After how many seconds, to the minute, so many wrong passwords are let in one after the other.

    What is stored stays as it was. To let them in is enough: no hash is compared.
    """

    def are_looked_at(seconds: int) -> bool:
        with _as_it_was(sessions):
            pass_by(sessions, seconds)
            return all(is_let_in(sessions, client) for _ in range(times))

    moments = range(0, 7 * 3600, 60)
    return moments[bisect.bisect_left(moments, True, key=are_looked_at)]


def is_let_in(sessions: Sessions, client: str) -> bool:
    """Send a wrong password; whether it was let in to be looked at, which it is not here."""
    try:
        attempts.refuse(sessions, attempts.begin_sign_in(sessions, EMAIL, client, None))
    except SignInPaused:
        return False
    return True


def pass_by(sessions: Sessions, seconds: float) -> None:
    """Let time pass: all that is stored becomes older by so much."""
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
