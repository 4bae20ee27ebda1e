"""Accounts as those see them who look after them."""

import datetime as dt
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from db.models import Job, User, UserSession


class Person(NamedTuple):
    """An account. `last_active_at` is when one of its sessions was last used; None: it never signed in."""

    id: int
    email: str
    first_name: str
    last_name: str
    role: str
    created_at: dt.datetime
    deactivated_at: dt.datetime | None
    last_active_at: dt.datetime | None
    uploads: int
    """That are not deleted."""


def people(session: Session, *, search: str, after: str, limit: int | None) -> list[Person]:
    """Accounts whose name or address holds each word, in order of their addresses, from behind `after`."""
    last_active = (
        select(func.max(UserSession.seen_at)).where(UserSession.user_id == User.id).scalar_subquery()
    )
    uploads = select(func.count()).where(Job.user_id == User.id, Job.deleted_at.is_(None)).scalar_subquery()
    query = select(
        User.id,
        User.email,
        User.first_name,
        User.last_name,
        User.role,
        User.created_at,
        User.deactivated_at,
        last_active,
        uploads,
    )
    for word in search.split():
        query = query.where(_name_and_address().icontains(word, autoescape=True))
    if after:
        query = query.where(User.email > after)
    return [Person(*row) for row in session.execute(query.order_by(User.email).limit(limit))]


def has_other_administrators(session: Session, user_id: int) -> bool:
    """Whether an account other than this one is an active administrator's."""
    query = select(User.id).where(
        User.role == "administrator", User.deactivated_at.is_(None), User.id != user_id
    )
    return session.scalar(query.limit(1)) is not None


def set_active(session: Session, user_id: int, *, active: bool) -> None:
    """Let the account be used, or not any more."""
    moment = None if active else func.now()
    session.execute(update(User).where(User.id == user_id).values(deactivated_at=moment))


def _name_and_address() -> ColumnElement[str]:
    return User.first_name + " " + User.last_name + " " + User.email
