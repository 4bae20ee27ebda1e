"""The log of what people, and the product by itself, did to the installation."""

import datetime as dt
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db.models import AuditEntry, User
from db.queries.people import name_of_decider


class Entry(NamedTuple):
    """What was done. By nobody: the product did it by itself."""

    id: int
    at: dt.datetime
    who: str | None
    action: str
    job_id: int | None
    detail_json: dict[str, Any]


def add(
    session: Session, action: str, *, user_id: int | None, job_id: int | None, detail: dict[str, Any]
) -> None:
    """Append an entry."""
    values = {"action": action, "user_id": user_id, "job_id": job_id, "detail_json": detail}
    session.execute(insert(AuditEntry).values(**values))


def newest(session: Session, *, before: int | None, limit: int) -> list[Entry]:
    """Entries with an id smaller than `before`, newest first."""
    entry = AuditEntry
    query = select(entry.id, entry.at, name_of_decider(), entry.action, entry.job_id, entry.detail_json)
    query = query.outerjoin(User, User.id == entry.user_id).order_by(entry.id.desc()).limit(limit)
    if before is not None:
        query = query.where(entry.id < before)
    return [Entry(*row) for row in session.execute(query)]
