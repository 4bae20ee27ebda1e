"""The log of what people, and the product by itself, did to the installation."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, insert, or_, select
from sqlalchemy.orm import Session

from db.models import AuditEntry, User
from db.queries.people import name_of_decider

_STREAMED_AT_ONCE = 2_000


class Entry(NamedTuple):
    """What was done. By nobody: no account did it."""

    id: int
    at: dt.datetime
    who: str | None
    email: str | None
    action: str
    job_id: int | None
    detail: dict[str, Any]


class Criteria(NamedTuple):
    """Which entries; nothing given restricts nothing. `until` is not part of the period."""

    actions: Sequence[str] = ()
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    account_id: int | None = None
    """Done by this account, or about it."""
    job_id: int | None = None


def add(
    session: Session, action: str, *, user_id: int | None, job_id: int | None = None, detail: dict[str, Any]
) -> int:
    """Append an entry; gives its id. No `user_id`: no account did it. No `job_id`: it is about no upload."""
    values = {"action": action, "user_id": user_id, "job_id": job_id, "detail_json": detail}
    return session.execute(insert(AuditEntry).values(**values).returning(AuditEntry.id)).scalar_one()


def page(session: Session, criteria: Criteria, *, before: int | None, limit: int) -> list[Entry]:
    """Entries with an id smaller than `before`, newest first."""
    query = _matching(criteria, before).limit(limit)
    return [Entry(*row) for row in session.execute(query)]


def stream(session: Session, criteria: Criteria, *, before: int) -> Iterator[Entry]:
    """All of them, some at a time."""
    query = _matching(criteria, before).execution_options(yield_per=_STREAMED_AT_ONCE)
    return (Entry(*row) for row in session.execute(query))


def _matching(criteria: Criteria, before: int | None) -> Select[Any]:
    entry = AuditEntry
    query = select(
        entry.id, entry.at, name_of_decider(), User.email, entry.action, entry.job_id, entry.detail_json
    )
    query = query.outerjoin(User, User.id == entry.user_id).order_by(entry.id.desc())
    return query.where(*_conditions(criteria, before))


def _conditions(criteria: Criteria, before: int | None) -> Iterator[ColumnElement[bool]]:
    entry = AuditEntry
    if before is not None:
        yield entry.id < before
    if criteria.actions:
        yield entry.action.in_(criteria.actions)
    if criteria.since is not None:
        yield entry.at >= criteria.since
    if criteria.until is not None:
        yield entry.at < criteria.until
    if criteria.job_id is not None:
        yield entry.job_id == criteria.job_id
    if criteria.account_id is not None:
        address = select(User.email).where(User.id == criteria.account_id).correlate(None).scalar_subquery()
        yield or_(entry.user_id == criteria.account_id, entry.detail_json["email"].astext == address)
