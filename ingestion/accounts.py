"""Who may sign in, and who is signed in.

Signing in takes two steps, because a page of Streamlit cannot set a cookie that scripts cannot read: a
checked password yields a ticket, and the browser exchanges it, once and at once, for the token of the cookie.
Tickets and tokens are stored hashed: whoever reads the table cannot use them.
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import User
from db.queries import accounts as queries
from ingestion.errors import SignInRefused
from ingestion.rules import emails
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

TICKET_LASTS = dt.timedelta(seconds=30)


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in. `role` is operator, reviewer or administrator."""

    id: int
    email: str
    first_name: str
    last_name: str
    role: str

    @property
    def is_administrator(self) -> bool:
        """Whether the account looks after the installation, beside its own uploads."""
        return self.role == "administrator"


@dataclass(frozen=True)
class Credentials:
    """An account and the bcrypt hash that its password is checked against."""

    account: Account
    password_hash: str


def credentials_of(sessions: Sessions, email: str) -> Credentials | None:
    """What a password for this address is checked against. None if nobody may sign in by it."""
    with sessions() as session:
        user = _user(session, email)
        if user is None or user.deactivated_at is not None:
            return None
        return Credentials(_account(user), user.password_hash)


def open_session(sessions: Sessions, email: str, hours: int) -> str:
    """A ticket for a session that lasts `hours`. Only for somebody whose password was just checked.

    Raises SignInRefused if there is no such account.
    """
    ticket = secrets.token_urlsafe(32)
    with sessions.begin() as session:
        user = _user(session, email)
        if user is None:
            raise SignInRefused("This account no longer exists.")
        queries.add_ticket(session, user.id, _hashed(ticket), TICKET_LASTS, hours)
    logger.info("signed_in", user_id=user.id)
    return ticket


def exchange(sessions: Sessions, ticket: str) -> str | None:
    """The session's token for its ticket. None if the ticket is unknown, was used or is older than 30 s."""
    token = secrets.token_urlsafe(32)
    with sessions.begin() as session:
        return token if queries.redeem_ticket(session, _hashed(ticket), _hashed(token)) else None


def account_of(sessions: Sessions, token: str) -> Account | None:
    """Whose session this token opens. None once it was signed out or has expired."""
    with sessions() as session:
        user = queries.user_by_token(session, _hashed(token))
        return _account(user) if user else None


def sign_out(sessions: Sessions, token: str) -> None:
    """End this token's session, whatever its state."""
    with sessions.begin() as session:
        user = queries.user_by_token(session, _hashed(token))
        queries.revoke(session, _hashed(token))
    if user is not None:
        logger.info("signed_out", user_id=user.id)


def _user(session: Session, email: str) -> User | None:
    address = emails.normalize(email)
    return queries.user_by_email(session, address) if address else None


def _hashed(secret: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(secret.encode()).hexdigest()


def _account(user: User) -> Account:
    return Account(user.id, user.email, user.first_name, user.last_name, user.role)
