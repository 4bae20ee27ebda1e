"""What was done to the installation, by whom and why: for those who operate it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from db.engine import Sessions
from db.queries import audit as queries

PAGE_SIZE = 50


class AuditAction(StrEnum):
    """What was done."""

    DELETE_UPLOAD = "delete_upload"
    """An upload was hidden, to be removed with all it has."""
    PURGE_UPLOAD = "purge_upload"
    """All that a deleted upload had was removed."""
    SEND_BACK_LETTER = "send_back_letter"
    DISCARD_LETTER = "discard_letter"


@dataclass(frozen=True)
class AuditEntry:
    """One thing that was done. The time is in UTC; `who` is None where the product did it by itself."""

    id: int
    at: dt.datetime
    who: str | None
    action: AuditAction
    job_id: int | None
    """Of an upload that may be gone."""
    detail: Mapping[str, Any]
    """By the action: of a deletion the file and the reason, of a purge what was removed."""


def newest(sessions: Sessions, *, before: int | None = None, limit: int = PAGE_SIZE) -> list[AuditEntry]:
    """A page of the log, newest first, those with a smaller id than `before`. Only for administrators."""
    with sessions() as session:
        return [
            AuditEntry(
                found.id, found.at, found.who, AuditAction(found.action), found.job_id, found.detail_json
            )
            for found in queries.newest(session, before=before, limit=limit)
        ]
