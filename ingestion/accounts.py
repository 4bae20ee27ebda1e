"""Accounts: whose address it is, and what a password is checked against."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import User
from db.queries import accounts as queries
from ingestion.rules import emails


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
        user = who_may_sign_in(session, email)
        return Credentials(account_from(user), user.password_hash) if user else None


def who_may_sign_in(session: Session, email: str, *, keep: bool = False) -> User | None:
    """The active user with this address, in any spelling.

    With `keep`, neither the password nor the rest of the row changes until the transaction ends.
    """
    return _if_active(by_address(session, email, keep=keep))


def active(session: Session, user_id: int) -> User | None:
    """The user of this id; None once the account is deactivated."""
    return _if_active(queries.user_by_id(session, user_id))


def by_address(session: Session, email: str, *, keep: bool = False) -> User | None:
    """The user with this address, in any spelling, deactivated or not. `keep` as above."""
    address = emails.normalize(email)
    return queries.user_by_email(session, address, keep=keep) if address else None


def _if_active(user: User | None) -> User | None:
    return user if user is not None and user.deactivated_at is None else None


def account_from(user: User) -> Account:
    """What others are told of a user."""
    return Account(user.id, user.email, user.first_name, user.last_name, user.role)
