"""Signing in by an address and a password: checked and counted alike wherever they are typed."""

from collections.abc import Callable

from db.engine import Sessions
from ingestion import accounts, attempts, password_hashes
from ingestion import sessions as web_sessions
from ingestion.accounts import Account, Credentials
from ingestion.errors import SignInRefused
from ingestion.sessions import Client, NewSession

_WRONG = "The e-mail address or the password is wrong."


def checked_against(sessions: Sessions, email: str) -> Credentials:
    """What a password for this address is checked against, so that nobody learns who has an account.

    An address that nobody may sign in by has a hash that no password matches.
    """
    nobody = Credentials(Account(0, email, "", "", ""), password_hashes.NOBODYS)
    return accounts.credentials_of(sessions, email) or nobody


def counted(
    sessions: Sessions, email: str, client: str, browser: str | None, check: Callable[[], bool]
) -> bool:
    """Whether a password for this address is right, by `check`, which is counted as a try from this client.

    `client` is a network address or the name of a machine, `browser` what shows that the account's owner
    signed in there before. Raises SignInPaused, without checking, while too many were wrong.
    """
    attempt = attempts.begin_sign_in(sessions, email, client, browser)
    is_right = check()
    (attempts.accept if is_right else attempts.refuse)(sessions, attempt)
    return is_right


def sign_in(
    sessions: Sessions,
    email: str,
    password: str,
    client: Client,
    *,
    browser: str | None,
    hours: int,
    idle_minutes: int,
    replaced: str = "",
) -> NewSession:
    """A session for whoever knows the password, where nothing but this process has to keep its token.

    `replaced` is the token that was kept there until now: the session that it opens is ended. Raises
    SignInRefused, alike for a wrong password and an address that nobody may sign in by; SignInPaused.
    """
    known = checked_against(sessions, email)
    is_right = counted(
        sessions,
        email,
        client.address,
        browser,
        lambda: password_hashes.matches(password, known.password_hash),
    )
    if not is_right:
        raise SignInRefused(_WRONG)
    ticket = web_sessions.open_session(
        sessions, email, known.password_hash, hours=hours, idle_minutes=idle_minutes
    )
    begun = web_sessions.exchange(sessions, ticket, client, replaced=replaced)
    if begun is None:  # the process was stopped in between for longer than a ticket lasts
        raise SignInRefused("The sign-in took too long. Sign in again.")
    return begun
