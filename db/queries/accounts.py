"""Users."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db.models import User


def lock_accounts(session: Session) -> None:
    """Let one change of who has an account, or what it may do, at a time pass, until the transaction ends.

    Reading goes on.
    """
    session.execute(text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))


def has_users(session: Session) -> bool:
    """Whether anybody registered yet."""
    return session.scalar(select(User.id).limit(1)) is not None


def user_by_email(session: Session, email: str, *, keep: bool = False) -> User | None:
    """The user with this normalized address; `keep`: nobody changes it until the transaction ends."""
    query = select(User).where(User.email == email)
    return session.scalar(query.with_for_update(read=True) if keep else query)


def role_of(session: Session, user_id: int) -> str | None:
    """A user's role as it is now; None once the account is deactivated."""
    return session.scalar(select(User.role).where(User.id == user_id, User.deactivated_at.is_(None)))


def user_by_id(session: Session, user_id: int) -> User | None:
    """The user."""
    return session.scalar(select(User).where(User.id == user_id))


def lock(session: Session, user_id: int) -> None:
    """Let one transaction at a time past this for a user. Rows that refer to the user are added meanwhile."""
    session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
