"""What was done to the installation, for those who operate it."""

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.engine import Sessions
from db.queries import audit as queries
from ingestion import audit
from ingestion.audit import AuditAction


def add(sessions: Sessions, action: str, user_id: int | None, job_id: int | None) -> None:
    with sessions.begin() as session:
        queries.add(session, action, user_id=user_id, job_id=job_id, detail={"reason": "asked for"})


def test_entries_are_listed_newest_first_a_page_at_a_time(sessions: Sessions, user_id: int) -> None:
    for job_id in (1, 2, 3):
        add(sessions, AuditAction.DELETE_UPLOAD, user_id, job_id)
    add(sessions, AuditAction.PURGE_UPLOAD, None, 3)

    page = audit.newest(sessions, limit=3)
    rest = audit.newest(sessions, before=page[-1].id)

    assert [(entry.action, entry.job_id) for entry in page + rest] == [
        (AuditAction.PURGE_UPLOAD, 3),
        (AuditAction.DELETE_UPLOAD, 3),
        (AuditAction.DELETE_UPLOAD, 2),
        (AuditAction.DELETE_UPLOAD, 1),
    ]
    by_itself, by_somebody = page[:2]
    assert by_itself.who is None
    assert (by_somebody.who or "").startswith("Ana No")
    assert by_somebody.detail == {"reason": "asked for"}
    assert by_somebody.at.utcoffset() == dt.timedelta(0)


def test_what_was_done_cannot_be_changed(sessions: Sessions, user_id: int) -> None:
    add(sessions, AuditAction.DISCARD_LETTER, user_id, None)
    with pytest.raises(DBAPIError, match="audit_log is append-only"), sessions.begin() as session:
        session.execute(text("UPDATE audit_log SET user_id = NULL"))
