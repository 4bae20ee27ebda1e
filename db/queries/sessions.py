"""Sign-ins. Times are the database's own, so that all processes share one clock."""

import datetime as dt
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from db.models import User, UserSession

TOUCHED_EVERY = dt.timedelta(minutes=1)
"""A session that was seen less long ago is not written again."""


class Opened(NamedTuple):
    """Somebody's session, and whether it is long ago that it was last marked as seen."""

    user: User
    session_id: int
    is_stale: bool


class Limits(NamedTuple):
    """What has ended a session, or will. `deactivated_at` is the account's."""

    began_at: dt.datetime
    idle_at: dt.datetime
    idle_limit: dt.timedelta
    expires_at: dt.datetime
    revoked_at: dt.datetime | None
    deactivated_at: dt.datetime | None
    now: dt.datetime


def add_ticket(
    session: Session,
    user_id: int,
    ticket_hash: str,
    *,
    ticket_lasts: dt.timedelta,
    lasts: dt.timedelta,
    idle_limit: dt.timedelta,
) -> None:
    """Begin a session that has a ticket for a while, but no token yet."""
    session.add(
        UserSession(
            user_id=user_id,
            ticket_hash=ticket_hash,
            ticket_expires_at=func.now() + ticket_lasts,
            expires_at=func.now() + lasts,
            idle_limit=idle_limit,
        )
    )


def redeem_ticket(
    session: Session, ticket_hash: str, token_hash: str, *, user_agent: str, address: str
) -> UserSession | None:
    """Put the token in the ticket's place. None if the ticket is unknown, was used or is too old.

    One statement: of two at the same time, the second waits and then finds no ticket.
    """
    return session.scalar(
        update(UserSession)
        .where(
            UserSession.ticket_hash == ticket_hash,
            UserSession.ticket_expires_at > func.now(),
            UserSession.revoked_at.is_(None),
            UserSession.user_id == User.id,
            User.deactivated_at.is_(None),
        )
        .values(
            ticket_hash=None,
            ticket_expires_at=None,
            token_hash=token_hash,
            seen_at=func.now(),
            user_agent=user_agent,
            address=address,
        )
        .returning(UserSession)
        .execution_options(synchronize_session=False)
    )


def opened(session: Session, token_hash: str) -> Opened | None:
    """The user of a session that is open, unless the account is deactivated."""
    found = session.execute(
        select(User, UserSession.id, UserSession.seen_at < func.now() - TOUCHED_EVERY)
        .join(UserSession, UserSession.user_id == User.id)
        .where(UserSession.token_hash == token_hash, _is_open(), User.deactivated_at.is_(None))
    ).one_or_none()
    return Opened(*found) if found else None


def limits(session: Session, token_hash: str) -> Limits | None:
    """Of the session that this token opens, or opened. None: it is nobody's."""
    found = session.execute(
        select(
            UserSession.created_at,
            UserSession.seen_at + UserSession.idle_limit,
            UserSession.idle_limit,
            UserSession.expires_at,
            UserSession.revoked_at,
            User.deactivated_at,
            func.now(),
        )
        .join(User, UserSession.user_id == User.id)
        .where(UserSession.token_hash == token_hash)
    ).one_or_none()
    return Limits(*found) if found else None


def touch(session: Session, session_id: int) -> None:
    """Mark an open session as seen now. Of several at the same time, one writes."""
    session.execute(
        update(UserSession)
        .where(
            UserSession.id == session_id,
            UserSession.seen_at < func.now() - TOUCHED_EVERY,
            UserSession.revoked_at.is_(None),
        )
        .values(seen_at=func.now())
    )


def open_ones(session: Session, user_id: int) -> list[UserSession]:
    """A user's open sessions, the one that was seen last first."""
    query = select(UserSession).where(
        UserSession.user_id == user_id, UserSession.token_hash.is_not(None), _is_open()
    )
    return list(session.scalars(query.order_by(UserSession.seen_at.desc(), UserSession.id.desc())))


def end_by_token(session: Session, token_hash: str) -> UserSession | None:
    """End the session for good. None if it is unknown or was ended before."""
    return session.scalar(
        update(UserSession)
        .where(UserSession.token_hash == token_hash, UserSession.revoked_at.is_(None))
        .values(revoked_at=func.now())
        .returning(UserSession)
    )


def end_one(session: Session, user_id: int, session_id: int) -> bool:
    """End one session of a user. False if it is no open one of theirs."""
    ended = session.scalar(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.user_id == user_id, _is_open())
        .values(revoked_at=func.now())
        .returning(UserSession.id)
    )
    return ended is not None


def end_all(session: Session, user_id: int, *, but_token_hash: str = "") -> int:
    """End a user's sessions, and take back tickets, but for one token's. How many were open."""
    open_before = [found.id for found in open_ones(session, user_id) if found.token_hash != but_token_hash]
    session.execute(
        update(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.revoked_at.is_(None),
            UserSession.token_hash.is_distinct_from(but_token_hash),
        )
        .values(revoked_at=func.now())
    )
    return len(open_before)


def _is_open() -> ColumnElement[bool]:
    return and_(
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > func.now(),
        UserSession.seen_at + UserSession.idle_limit > func.now(),
    )
