"""Who may sign in."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import User
from db.queries import accounts as queries
from ingestion.errors import SignInRefused
from ingestion.rules import emails
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)


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


def register(sessions: Sessions, email: str, first_name: str, last_name: str, password_hash: str) -> Account:
    """A new account, its address as `emails.normalize` spells it. The first of all is an administrator's.

    Raises SignInRefused if the address is none, or has an account in any spelling.
    """
    address = emails.normalize(email)
    if address is None:
        raise SignInRefused("Enter a complete e-mail address, such as ana@example.com.")
    with sessions.begin() as session:
        queries.lock_registration(session)
        if queries.user_by_email(session, address):
            raise SignInRefused("There is already an account with this e-mail address. Sign in instead.")
        user = User(
            email=address,
            first_name=first_name,
            last_name=last_name,
            password_hash=password_hash,
            role="operator" if queries.has_users(session) else "administrator",
        )
        session.add(user)
        session.flush()
        account = account_from(user)
    logger.info("account_made", user_id=account.id, role=account.role)
    return account


def credentials_of(sessions: Sessions, email: str) -> Credentials | None:
    """What a password for this address is checked against. None if nobody may sign in by it."""
    with sessions() as session:
        user = _user(session, email)
        if user is None or user.deactivated_at is not None:
            return None
        return Credentials(account_from(user), user.password_hash)


def refuse(sessions: Sessions, email: str) -> None:
    """Note that a password for this address was wrong, or that nobody has the address."""
    with sessions() as session:
        user = _user(session, email)
    logger.warning("sign_in_refused", user_id=user.id if user else None)


def _user(session: Session, email: str) -> User | None:
    address = emails.normalize(email)
    return queries.user_by_email(session, address) if address else None


def account_from(user: User) -> Account:
    """What others are told of a user."""
    return Account(user.id, user.email, user.first_name, user.last_name, user.role)
