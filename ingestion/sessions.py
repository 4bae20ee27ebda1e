"""Who is signed in.

Signing in takes two steps, because a page of Streamlit cannot set a cookie that scripts cannot read: a
checked password yields a ticket, and the browser exchanges it, once and at once, for the token of the cookie.
Tickets and tokens are stored hashed: whoever reads the table cannot use them.
"""

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from db.engine import Sessions
from db.models import UserSession
from db.queries import sessions as queries
from ingestion import authority, known_browsers, tokens
from ingestion.accounts import Account, account_from, who_may_sign_in
from ingestion.audit import AuditAction
from ingestion.errors import NotFound, SignInRefused
from ingestion.rules import browsers
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

TICKET_LASTS = dt.timedelta(seconds=30)


@dataclass(frozen=True)
class Client:
    """Where a request comes from: what the browser says of itself, and the address it was sent from."""

    user_agent: str
    address: str


@dataclass(frozen=True)
class NewSession:
    """A session that begins. `token` is what opens it: it belongs in no log and no table."""

    token: str
    user_id: int


@dataclass(frozen=True)
class SignIn:
    """One open session of somebody. Times are in UTC."""

    id: int
    browser: str
    """Such as "Firefox on Windows", by what it said of itself."""
    address: str
    """Empty where it is not known."""
    began_at: dt.datetime
    seen_at: dt.datetime
    """When something was done in it last, to the minute."""
    is_this: bool
    """Whether it is the one that asks."""


class Why(Enum):
    """What ended a session."""

    IDLE = "idle"
    EXPIRED = "expired"
    REVOKED = "revoked"
    """By its owner elsewhere, with a new password, or by an administrator."""
    DEACTIVATED = "deactivated"
    """With the account."""


@dataclass(frozen=True)
class Ending:
    """How a session ended."""

    why: Why
    after: dt.timedelta | None = None
    """So long without activity, or from its beginning; where that was the reason."""


def open_session(sessions: Sessions, email: str, password_hash: str, *, hours: int, idle_minutes: int) -> str:
    """A ticket for a session that lasts `hours`, and ends when nothing is done in it for `idle_minutes`.

    Only for somebody whose password was just checked, against `password_hash`. Raises SignInRefused if that
    is not the account's any more, or if nobody may sign in by this address.
    """
    ticket = tokens.new()
    with sessions.begin() as session:
        # Under a lock: whoever sets a new password meanwhile ends this session too, or it does not begin.
        user = who_may_sign_in(session, email, keep=True)
        if user is None or user.password_hash != password_hash:
            raise SignInRefused("The e-mail address or the password is wrong.")
        queries.add_ticket(
            session,
            user.id,
            tokens.hashed(ticket),
            ticket_lasts=TICKET_LASTS,
            lasts=dt.timedelta(hours=hours),
            idle_limit=dt.timedelta(minutes=idle_minutes),
        )
    return ticket


def exchange(sessions: Sessions, ticket: str, client: Client, *, replaced: str = "") -> NewSession | None:
    """The session for its ticket. None if the ticket is unknown, was used or is older than 30 s.

    `replaced` is the token that the browser had until now: the session that it opens is ended.
    """
    token = tokens.new()
    with sessions.begin() as session:
        begun = queries.redeem_ticket(
            session,
            tokens.hashed(ticket),
            tokens.hashed(token),
            user_agent=browsers.cleaned(client.user_agent),
            address=client.address,
        )
        if begun is None:
            return None
        queries.end_by_token(session, tokens.hashed(replaced))
        user_id = begun.user_id
        authority.note(session, user_id, AuditAction.SIGN_IN, session=begun.id, client=client.address)
    logger.info("signed_in", user_id=user_id)
    return NewSession(token, user_id)


def account_of(sessions: Sessions, token: str, *, is_activity: bool = True) -> Account | None:
    """Whose session this token opens. None once it has ended, in whichever way, or the account has.

    `is_activity` says that a person did something, from when on the session may be idle for its time again;
    not so what a page asks by itself.
    """
    with sessions.begin() as session:
        found = queries.opened(session, tokens.hashed(token))
        if found is None:
            return None
        if is_activity and found.is_stale:
            queries.touch(session, found.session_id)
        return account_from(found.user)


def ending_of(sessions: Sessions, token: str) -> Ending | None:
    """How the session of this token ended: what did so first. None if it is open, or never was.

    Only a browser that had the session has its token, so it is told to nobody else.
    """
    with sessions() as session:
        found = queries.limits(session, tokens.hashed(token))
    if found is None:
        return None
    # A deactivation ends sessions at its own moment: of equal ones the first counts.
    moments = [
        (found.deactivated_at, Ending(Why.DEACTIVATED)),
        (found.revoked_at, Ending(Why.REVOKED)),
        (found.idle_at, Ending(Why.IDLE, found.idle_limit)),
        (found.expires_at, Ending(Why.EXPIRED, found.expires_at - found.began_at)),
    ]
    past = [(moment, ending) for moment, ending in moments if moment is not None and moment <= found.now]
    return min(past, key=lambda one: one[0])[1] if past else None


def sign_out(sessions: Sessions, token: str) -> None:
    """End this token's session; nothing if it was ended before."""
    with sessions.begin() as session:
        ended = queries.end_by_token(session, tokens.hashed(token))
        if ended is None:
            return
        user_id = ended.user_id
        authority.note(session, user_id, AuditAction.SIGN_OUT, session=ended.id)
    logger.info("signed_out", user_id=user_id)


def listed(sessions: Sessions, user_id: int, token: str) -> list[SignIn]:
    """Somebody's open sessions, the one last used first. `token` is that of the one that asks."""
    with sessions() as session:
        return [_sign_in(found, tokens.hashed(token)) for found in queries.open_ones(session, user_id)]


def end_one(sessions: Sessions, user_id: int, session_id: int) -> None:
    """End one of somebody's own sessions. Raises NotFound if it is none of theirs, or has ended."""
    with sessions.begin() as session:
        if not queries.end_one(session, user_id, session_id):
            raise NotFound("This session has ended already.")
        authority.note(session, user_id, AuditAction.SIGN_OUT, session=session_id)
    logger.info("signed_out", user_id=user_id)


def end_all(sessions: Sessions, user_id: int) -> int:
    """End all sessions of somebody, the asking one too; how many there were.

    No browser of theirs counts as known any more.
    """
    with sessions.begin() as session:
        ended = queries.end_all(session, user_id)
        known_browsers.forget(session, user_id)
        authority.note(session, user_id, AuditAction.END_SESSIONS, ended=ended)
    logger.info("sessions_ended", user_id=user_id, sessions=ended)
    return ended


def _sign_in(found: UserSession, asking: str) -> SignIn:
    return SignIn(
        id=found.id,
        browser=browsers.described(found.user_agent),
        address=found.address,
        began_at=found.created_at,
        seen_at=found.seen_at,
        is_this=found.token_hash == asking,
    )
