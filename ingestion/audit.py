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
    SIGN_IN = "sign_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    """A password was wrong, or nobody has the address."""
    SIGN_IN_PAUSED = "sign_in_paused"
    """So many were wrong that none is looked at for a while."""
    SIGN_OUT = "sign_out"
    END_SESSIONS = "end_sessions"
    """All sessions of an account were ended at once."""
    MAKE_ACCOUNT = "make_account"
    INVITE = "invite"
    WITHDRAW_LINK = "withdraw_link"
    """An invitation or a way to a new password is good no more."""
    CHANGE_ROLE = "change_role"
    DEACTIVATE_ACCOUNT = "deactivate_account"
    ACTIVATE_ACCOUNT = "activate_account"
    OFFER_RESET = "offer_reset"
    """A link was made by which an account's owner sets a new password."""
    CHANGE_PASSWORD = "change_password"  # noqa: S105
    SHARE_UPLOAD = "share_upload"
    UNSHARE_UPLOAD = "unshare_upload"
    EXPORT_CONTACTS = "export_contacts"
    EXPORT_ROWS = "export_rows"
    """Rows to correct or rows left out, as a file."""
    EXPORT_SUMMARY = "export_summary"
    EXPORT_AUDIT = "export_audit"


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
