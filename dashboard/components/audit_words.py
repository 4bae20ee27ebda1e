"""What an entry of the audit log says, in a sentence. Plain text: nothing of it is for rendering."""

from collections.abc import Callable, Mapping
from typing import Any

from ingestion.audit import AuditAction, AuditEntry, Group

GROUP = {
    Group.ACCESS: "Sign-ins",
    Group.ACCOUNTS: "Accounts and roles",
    Group.SHARING: "Sharing",
    Group.EXPORTS: "Exports",
    Group.DELETIONS: "Deletions",
    Group.OPERATIONS: "Dead letters",
}

_FORMAT = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}
_ROWS = {"to-correct": "rows to correct", "left-out": "rows left out"}
_ROLE = {"operator": "an operator", "reviewer": "a reviewer", "administrator": "an administrator"}
_LINK = {"invitation": "the invitation", "reset": "the link to a new password"}
_BY_NOBODY_KNOWN = {AuditAction.SIGN_IN_REFUSED, AuditAction.SIGN_IN_PAUSED}

Detail = Mapping[str, Any]


def who(entry: AuditEntry) -> str:
    """Who did it: a person by name, the command, or the product."""
    if entry.who is not None:
        return entry.who
    if entry.detail.get("by") == "command":
        return "the command"
    return "a visitor" if entry.action in _BY_NOBODY_KNOWN else "the product"


def what(entry: AuditEntry) -> str:
    """What was done, such as `Shared contacts.csv (upload 12) with bo@example.com`."""
    return _SENTENCE[entry.action](entry, entry.detail)


def _upload(entry: AuditEntry) -> str:
    file = entry.detail.get("file")
    if entry.job_id is None:
        return str(file or "an upload")
    return f"{file} (upload {entry.job_id})" if file else f"upload {entry.job_id}"


def _with(word: str, value: object) -> str:
    """The word and the value behind a sentence, if there is a value."""
    return f" {word} {value}" if value else ""


def _about(sentence: str, word: str = "for") -> Callable[[AuditEntry, Detail], str]:
    return lambda _entry, detail: sentence + _with(word, detail.get("email"))


def _paused(_entry: AuditEntry, detail: Detail) -> str:
    if detail.get("paused") == "registration":
        return "Had to pause after asking for too many accounts"
    return f"Had to pause after too many wrong passwords{_with('for', detail.get('email'))}"


def _invited(_entry: AuditEntry, detail: Detail) -> str:
    return f"Invited {detail.get('email') or 'somebody'}{_with('as', _ROLE.get(detail.get('role', '')))}"


def _role_changed(_entry: AuditEntry, detail: Detail) -> str:
    now, before = (_ROLE.get(detail.get(name, "")) for name in ("role", "before"))
    whom = detail.get("email") or "an account"
    sentence = f"Made {whom} {now}" if now else f"Changed the role of {whom}"
    return f"{sentence}, who was {before}" if before else sentence


def _activated(_entry: AuditEntry, detail: Detail) -> str:
    return f"Activated the account{_with('of', detail.get('email'))} again"


def _withdrawn(_entry: AuditEntry, detail: Detail) -> str:
    return f"Withdrew {_LINK.get(detail.get('kind', ''), 'a link')}{_with('for', detail.get('email'))}"


def _contacts_exported(entry: AuditEntry, detail: Detail) -> str:
    version, format_ = detail.get("version"), _FORMAT.get(detail.get("format", ""))
    which = f"version {version} of the contacts" if version else "the contacts"
    return f"Exported {which} of {_upload(entry)}{_with('as', format_)}{_cells(detail)}"


def _cells(detail: Detail) -> str:
    # Other formats have no others.
    is_choice = detail.get("format", "csv") == "csv"
    return ", with exact cells" if is_choice and detail.get("cells") == "exact" else ""


def _rows_exported(entry: AuditEntry, detail: Detail) -> str:
    return f"Exported {_ROWS.get(detail.get('rows', ''), 'rows')} of {_upload(entry)}{_cells(detail)}"


def _log_exported(_entry: AuditEntry, detail: Detail) -> str:
    return "Exported a part of the audit log" if detail else "Exported the audit log"


def _deleted(entry: AuditEntry, detail: Detail) -> str:
    return _with_reason(f"Deleted {_upload(entry)}", detail)


def _with_reason(sentence: str, detail: Detail) -> str:
    reason = detail.get("reason")
    return f"{sentence}: {reason}" if reason else sentence


def _of_letter(sentence: str) -> Callable[[AuditEntry, Detail], str]:
    return lambda entry, detail: _with_reason(f"{sentence}{_with('about upload', entry.job_id)}", detail)


_SENTENCE: dict[AuditAction, Callable[[AuditEntry, Detail], str]] = {
    AuditAction.DELETE_UPLOAD: _deleted,
    AuditAction.PURGE_UPLOAD: lambda entry, _: f"Removed all that {_upload(entry)} had",
    AuditAction.SEND_BACK_LETTER: _of_letter("Sent back a dead letter"),
    AuditAction.DISCARD_LETTER: _of_letter("Discarded a dead letter"),
    AuditAction.SIGN_IN: _about("Signed in"),
    AuditAction.SIGN_IN_REFUSED: _about("Could not sign in", "as"),
    AuditAction.SIGN_IN_PAUSED: _paused,
    AuditAction.SIGN_OUT: _about("Signed out"),
    AuditAction.END_SESSIONS: _about("Ended all sessions", "of"),
    AuditAction.MAKE_ACCOUNT: _about("Made an account"),
    AuditAction.INVITE: _invited,
    AuditAction.WITHDRAW_LINK: _withdrawn,
    AuditAction.CHANGE_ROLE: _role_changed,
    AuditAction.DEACTIVATE_ACCOUNT: _about("Deactivated the account", "of"),
    AuditAction.ACTIVATE_ACCOUNT: _activated,
    AuditAction.OFFER_RESET: _about("Made a link to a new password"),
    AuditAction.CHANGE_PASSWORD: _about("Changed the password", "of"),
    AuditAction.SHARE_UPLOAD: lambda entry, detail: (
        f"Shared {_upload(entry)} with {detail.get('email') or 'somebody'}"
    ),
    AuditAction.UNSHARE_UPLOAD: lambda entry, detail: (
        f"No longer shares {_upload(entry)} with {detail.get('email') or 'somebody'}"
    ),
    AuditAction.EXPORT_CONTACTS: _contacts_exported,
    AuditAction.EXPORT_ROWS: _rows_exported,
    AuditAction.EXPORT_SUMMARY: lambda entry, _: f"Exported the summary of {_upload(entry)}",
    AuditAction.EXPORT_AUDIT: _log_exported,
}
