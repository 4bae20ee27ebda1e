"""The audit log as a file."""

import csv
import datetime as dt
import io
import json
import tempfile
from collections.abc import Iterable
from typing import IO, Any

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import User
from db.queries import audit as queries
from ingestion.access import require_without_upload
from ingestion.audit import AuditAction, AuditEntry, Wanted, criteria, entry_of
from ingestion.export import Download, streamed
from ingestion.rules.formulas import protect
from ingestion.rules.permissions import Permission

COLUMNS = ("id", "at", "action", "who", "who_email", "about_email", "upload", "file", "client", "detail")
"""`at` is in UTC (RFC 3339); `detail` is all that the entry says, as a JSON object."""


def open_export(sessions: Sessions, user_id: int, wanted: Wanted) -> Download:
    """The entries that are looked for, newest first, up to the one that tells of this export.

    CSV in UTF-8 with a byte order mark, without which Excel takes it for the machine's own encoding. Raises
    NotAllowed but for administrators.
    """
    with sessions.begin() as session:
        require_without_upload(session, user_id, Permission.ADMINISTER)
        own = queries.add(
            session,
            AuditAction.EXPORT_AUDIT,
            user_id=user_id,
            detail=_restrictions(session, wanted),
        )
    name = f"audit-log-{dt.datetime.now(dt.UTC):%Y-%m-%d}.csv"
    return Download(name, streamed(_written(sessions, wanted, before=own)))


def _restrictions(session: Session, wanted: Wanted) -> dict[str, Any]:
    """What the export was restricted to, for its entry."""
    account = session.get(User, wanted.account_id) if wanted.account_id is not None else None
    said = {
        "groups": sorted(wanted.groups),
        "since": wanted.since and wanted.since.isoformat(),
        "until": wanted.until and wanted.until.isoformat(),
        "account": wanted.account_id,
        "email": account and account.email,
        "upload": wanted.job_id,
    }
    return {name: value for name, value in said.items() if value}


def _written(sessions: Sessions, wanted: Wanted, *, before: int) -> IO[bytes]:
    # By way of a file: a reader that stalls holds neither a connection nor a snapshot of the database.
    file = tempfile.TemporaryFile(prefix="audit-")  # noqa: SIM115  closed by whoever streams it
    try:
        with sessions() as session:
            found = queries.stream(session, criteria(wanted), before=before)
            _write((entry_of(entry) for entry in found), file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _write(entries: Iterable[AuditEntry], file: IO[bytes]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in _line(entry)] for entry in entries)
    text.detach()  # written out, and `file` stays open


def _line(entry: AuditEntry) -> tuple[object, ...]:
    detail = entry.detail
    return (
        entry.id,
        entry.at.astimezone(dt.UTC).isoformat(),
        entry.action,
        entry.who,
        entry.email,
        detail.get("email"),
        entry.job_id,
        detail.get("file"),
        detail.get("client"),
        json.dumps(detail, ensure_ascii=False, sort_keys=True),
    )


def _cell(value: object) -> str:
    return "" if value is None else protect(str(value))
