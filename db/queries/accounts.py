"""Users and their sessions. Times are the database's own, so that all processes share one clock."""

import datetime as dt

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from db.models import User, UserSession


def lock_accounts(session: Session) -> None:
    """Let one change of who has an account, or what it may do, at a time pass, until the transaction ends.

    Reading goes on.
    """
    session.execute(text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))


def has_users(session: Session) -> bool:
    """Whether anybody registered yet."""
    return session.scalar(select(User.id).limit(1)) is not None


def user_by_email(session: Session, email: str) -> User | None:
    """The user with this normalized address."""
    return session.scalar(select(User).where(User.email == email))


def role_of(session: Session, user_id: int) -> str | None:
    """A user's role as it is now; None once the account is deactivated."""
    return session.scalar(select(User.role).where(User.id == user_id, User.deactivated_at.is_(None)))


def lock(session: Session, user_id: int) -> None:
    """Let one transaction at a time past this for a user. Rows that refer to the user are added meanwhile."""
    session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


def add_ticket(session: Session, user_id: int, ticket_hash: str, lasts: dt.timedelta, hours: int) -> None:
    """Begin a session that has a ticket for as long as it `lasts`, but no token yet."""
    session.add(
        UserSession(
            user_id=user_id,
            ticket_hash=ticket_hash,
            ticket_expires_at=func.now() + lasts,
            expires_at=func.now() + dt.timedelta(hours=hours),
        )
    )


def redeem_ticket(session: Session, ticket_hash: str, token_hash: str) -> bool:
    """Put the token in the ticket's place. False if the ticket is unknown, was used or is too old.

    One statement: of two at the same time, the second waits and then finds no ticket.
    """
    redeemed = session.scalar(
        update(UserSession)
        .where(
            UserSession.ticket_hash == ticket_hash,
            UserSession.ticket_expires_at > func.now(),
            UserSession.revoked_at.is_(None),
        )
        .values(ticket_hash=None, ticket_expires_at=None, token_hash=token_hash)
        .returning(UserSession.id)
    )
    return redeemed is not None


def user_by_token(session: Session, token_hash: str) -> User | None:
    """The user of a session that was neither revoked nor has expired."""
    return session.scalar(
        select(User)
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.token_hash == token_hash,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > func.now(),
        )
    )


def revoke(session: Session, token_hash: str) -> None:
    """End the session for good; again, or for an unknown one, nothing happens."""
    session.execute(
        update(UserSession)
        .where(UserSession.token_hash == token_hash, UserSession.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )
