"""Who may sign in."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import User
from db.queries import accounts as queries
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


def credentials_of(sessions: Sessions, email: str) -> Credentials | None:
    """What a password for this address is checked against. None if nobody may sign in by it."""
    with sessions() as session:
        user = _user(session, email)
        if user is None or user.deactivated_at is not None:
            return None
        return Credentials(account_from(user), user.password_hash)


def _user(session: Session, email: str) -> User | None:
    address = emails.normalize(email)
    return queries.user_by_email(session, address) if address else None


def account_from(user: User) -> Account:
    """What others are told of a user."""
    return Account(user.id, user.email, user.first_name, user.last_name, user.role)
