"""What was done to the installation, by whom and why: for those who operate it.

Entries are written by the use-case that does what they tell of, in its own transaction. docs/audit.md says
what each has.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Job
from db.queries import audit as queries
from ingestion import accounts
from ingestion.access import require_without_upload
from ingestion.rules.permissions import Permission

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


class Group(StrEnum):
    """Kinds of what is done, for whoever looks for one."""

    ACCESS = "access"
    ACCOUNTS = "accounts"
    SHARING = "sharing"
    EXPORTS = "exports"
    DELETIONS = "deletions"
    OPERATIONS = "operations"


ACTIONS: Mapping[Group, frozenset[AuditAction]] = {
    Group.ACCESS: frozenset(
        {
            AuditAction.SIGN_IN,
            AuditAction.SIGN_IN_REFUSED,
            AuditAction.SIGN_IN_PAUSED,
            AuditAction.SIGN_OUT,
            AuditAction.END_SESSIONS,
        }
    ),
    Group.ACCOUNTS: frozenset(
        {
            AuditAction.MAKE_ACCOUNT,
            AuditAction.INVITE,
            AuditAction.WITHDRAW_LINK,
            AuditAction.CHANGE_ROLE,
            AuditAction.DEACTIVATE_ACCOUNT,
            AuditAction.ACTIVATE_ACCOUNT,
            AuditAction.OFFER_RESET,
            AuditAction.CHANGE_PASSWORD,
        }
    ),
    Group.SHARING: frozenset({AuditAction.SHARE_UPLOAD, AuditAction.UNSHARE_UPLOAD}),
    Group.EXPORTS: frozenset(
        {
            AuditAction.EXPORT_CONTACTS,
            AuditAction.EXPORT_ROWS,
            AuditAction.EXPORT_SUMMARY,
            AuditAction.EXPORT_AUDIT,
        }
    ),
    Group.DELETIONS: frozenset({AuditAction.DELETE_UPLOAD, AuditAction.PURGE_UPLOAD}),
    Group.OPERATIONS: frozenset({AuditAction.SEND_BACK_LETTER, AuditAction.DISCARD_LETTER}),
}
"""Each action is in one group."""


@dataclass(frozen=True)
class Wanted:
    """Which entries somebody looks for. What is left out restricts nothing."""

    groups: frozenset[Group] = frozenset()
    """Any of these."""
    since: dt.datetime | None = None
    """With a zone, as is `until`, which is not part of the period."""
    until: dt.datetime | None = None
    account_id: int | None = None
    """Done by this account, or about it."""
    job_id: int | None = None


@dataclass(frozen=True)
class AuditEntry:
    """One thing that was done. The time is in UTC; `who` is None where no account did it."""

    id: int
    at: dt.datetime
    who: str | None
    email: str | None
    """Of `who`."""
    action: AuditAction
    job_id: int | None
    """Of an upload that may be gone."""
    detail: Mapping[str, Any]
    """By the action: of a deletion the file and the reason, of a purge what was removed."""


def page(
    sessions: Sessions,
    user_id: int,
    wanted: Wanted | None = None,
    *,
    before: int | None = None,
    limit: int = PAGE_SIZE,
) -> list[AuditEntry]:
    """Entries with a smaller id than `before`, newest first. Raises NotAllowed but for administrators."""
    with sessions() as session:
        require_without_upload(session, user_id, Permission.ADMINISTER)
        found = queries.page(session, criteria(wanted or Wanted()), before=before, limit=limit)
        return [entry_of(entry) for entry in found]


def account_id(sessions: Sessions, user_id: int, email: str) -> int | None:
    """Whose address this is, in any spelling; None where no account has it.

    Raises NotAllowed but for administrators.
    """
    with sessions() as session:
        require_without_upload(session, user_id, Permission.ADMINISTER)
        user = accounts.by_address(session, email)
        return user.id if user else None


def criteria(wanted: Wanted) -> queries.Criteria:
    """The same for the database."""
    actions = sorted(action for group in wanted.groups for action in ACTIONS[group])
    return queries.Criteria(actions, wanted.since, wanted.until, wanted.account_id, wanted.job_id)


def entry_of(found: queries.Entry) -> AuditEntry:
    """An entry as the database has it, with its action as one of ours."""
    action = AuditAction(found.action)
    return AuditEntry(found.id, found.at, found.who, found.email, action, found.job_id, found.detail)


def exported(session: Session, action: AuditAction, user_id: int, job: Job, **what: str | int) -> None:
    """Note that somebody takes away a file made of an upload; `what` says which.

    Called in the transaction that finds it permitted, before anything leaves.
    """
    detail = {"file": job.original_filename, **what}
    queries.add(session, action, user_id=user_id, job_id=job.id, detail=detail)
