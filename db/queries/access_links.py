"""Links that are good once: invitations and ways to a new password. Times are the database's own."""

import datetime as dt
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from db.models import AccessLink, User

INVITATION = "invitation"
RESET = "reset"


class OpenLink(NamedTuple):
    """A link that can still be used. Of a reset, the address is its account's and there is no role."""

    id: int
    kind: str
    email: str
    role: str | None
    made_by: str | None
    """A name. None: made by a command."""
    created_at: dt.datetime
    expires_at: dt.datetime


def add(session: Session, link: AccessLink, lasts: dt.timedelta) -> AccessLink:
    """Store a link that is good for as long as it `lasts`."""
    link.expires_at = session.execute(select(func.now() + lasts)).scalar_one()
    session.add(link)
    session.flush()
    return link


def usable(session: Session, kind: str, token_hash: str) -> AccessLink | None:
    """The link of this kind with this token, unless it was used, was withdrawn or has expired."""
    return session.scalar(select(AccessLink).filter_by(kind=kind, token_hash=token_hash).where(_is_open()))


def with_id(session: Session, link_id: int) -> AccessLink | None:
    """The link with this id, while it can be used."""
    return session.scalar(select(AccessLink).filter_by(id=link_id).where(_is_open()))


def mark_used(session: Session, link: AccessLink) -> None:
    """It was good once."""
    session.execute(update(AccessLink).filter_by(id=link.id).values(used_at=func.now()))


def withdraw(session: Session, *which: ColumnElement[bool]) -> int:
    """Have the links that can be used and meet the conditions be good no more; how many they were."""
    query = update(AccessLink).where(_is_open(), *which).values(revoked_at=func.now())
    return len(session.scalars(query.returning(AccessLink.id)).all())


def withdraw_invitations(session: Session, email: str) -> int:
    """Withdraw the invitations of a normalized address; how many there were."""
    return withdraw(session, AccessLink.kind == INVITATION, AccessLink.email == email)


def withdraw_resets(session: Session, user_id: int) -> int:
    """Withdraw the ways to a new password for an account; how many there were."""
    return withdraw(session, AccessLink.kind == RESET, AccessLink.user_id == user_id)


def withdraw_made_by(session: Session, user_id: int) -> int:
    """Withdraw what an administrator made; how many links there were."""
    return withdraw(session, AccessLink.made_by == user_id)


def open_links(session: Session) -> list[OpenLink]:
    """All that can be used, the newest first."""
    owner, maker = aliased(User), aliased(User)
    made_by = func.btrim(maker.first_name + " " + maker.last_name)
    query = (
        select(
            AccessLink.id,
            AccessLink.kind,
            func.coalesce(AccessLink.email, owner.email),
            AccessLink.role,
            made_by,
            AccessLink.created_at,
            AccessLink.expires_at,
        )
        .outerjoin(owner, owner.id == AccessLink.user_id)
        .outerjoin(maker, maker.id == AccessLink.made_by)
        .where(_is_open(), or_(AccessLink.kind == INVITATION, owner.deactivated_at.is_(None)))
        .order_by(AccessLink.id.desc())
    )
    return [OpenLink(*row) for row in session.execute(query)]


def _is_open() -> ColumnElement[bool]:
    open_until: ColumnElement[bool] = AccessLink.expires_at > func.now()
    return open_until & AccessLink.used_at.is_(None) & AccessLink.revoked_at.is_(None)
