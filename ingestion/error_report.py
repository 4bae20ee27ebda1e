"""Rows of an upload, as received, as files: those that need attention, to correct; and those left out."""

import csv
import io
import tempfile
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import IO

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.queries import trouble
from db.queries.trouble import RowInTrouble
from ingestion import audit, export_names
from ingestion.access import permitted
from ingestion.audit import AuditAction
from ingestion.errors import Conflict
from ingestion.export import Download, streamed
from ingestion.protection import Cells
from ingestion.rules.issues import IssueType
from ingestion.rules.lifecycle import CHECKED, JobStatus
from ingestion.rules.permissions import Permission
from ingestion.rules.reasons import (
    LEFT_OUT_COLUMNS,
    MOST_ROWS_NAMED,
    REASON_COLUMN,
    STILL_BROKEN,
    LeftOut,
    Trouble,
    reason,
)


@dataclass(frozen=True)
class _Kind:
    """What kind of file it is."""

    suffix: str
    """Of the file's name, and what the audit log calls it."""
    only_left_out: bool
    columns: Sequence[str]
    """What follows the file's own columns."""
    behind: Callable[[RowInTrouble, int], list[str]]
    """A row's cells in these columns and beyond, under a header of so many own columns."""
    nothing: str
    """What is said where there is no such row."""


def open_report(sessions: Sessions, user_id: int, job_id: int, cells: Cells = Cells.PROTECTED) -> Download:
    """The rows with an open issue and those left out, as received, each with the reason in a last column.

    CSV in UTF-8 with a byte order mark, without which Excel takes it for the machine's own encoding. A short
    row is filled up to the header; cells beyond the header stand after the reason. Behind the
    reason of any other broken row stands a note, so that the row is asked about again where nobody corrected
    it. Raises NotFound, and Conflict when the upload was not processed or no row needs attention.
    """
    return _open(sessions, user_id, job_id, _TO_CORRECT, cells)


def open_left_out(sessions: Sessions, user_id: int, job_id: int, cells: Cells = Cells.PROTECTED) -> Download:
    """The rows that somebody left out, as received, with why, by whom and when in columns of their own.

    Written as a report is. Raises NotFound, and Conflict when the upload was not processed or nobody left a
    row out.
    """
    return _open(sessions, user_id, job_id, _LEFT_OUT, cells)


def is_any_to_correct(sessions: Sessions, user_id: int, job_id: int) -> bool:
    """Whether there is a report. Raises NotFound."""
    return _is_any(sessions, user_id, job_id, _TO_CORRECT)


def is_any_left_out(sessions: Sessions, user_id: int, job_id: int) -> bool:
    """Whether there is a file of the rows left out. Raises NotFound."""
    return _is_any(sessions, user_id, job_id, _LEFT_OUT)


def _is_any(sessions: Sessions, user_id: int, job_id: int, kind: _Kind) -> bool:
    with sessions() as session:
        job = permitted(session, user_id, job_id, Permission.VIEW)
        return job.status in CHECKED and trouble.is_any_row_in_trouble(
            session, job_id, only_left_out=kind.only_left_out
        )


def _open(sessions: Sessions, user_id: int, job_id: int, kind: _Kind, cells: Cells) -> Download:
    with sessions.begin() as session:
        job = permitted(session, user_id, job_id, Permission.EXPORT)
        if job.status == JobStatus.FAILED:
            raise Conflict("This upload could not be read: there are no rows to correct.")
        if job.status not in CHECKED:
            raise Conflict("The rows of this upload are not checked yet. Wait until it was processed.")
        if not trouble.is_any_row_in_trouble(session, job_id, only_left_out=kind.only_left_out):
            raise Conflict(kind.nothing)
        audit.exported(session, AuditAction.EXPORT_ROWS, user_id, job, rows=kind.suffix, cells=cells)
    name = export_names.rows(job.original_filename, kind.suffix)
    return Download(name, _stream(sessions, job_id, job.columns, kind, cells))


def _stream(
    sessions: Sessions, job_id: int, columns: Sequence[str], kind: _Kind, cells: Cells
) -> Generator[bytes]:
    # By way of a file: a reader that stalls holds neither a connection nor a snapshot of the database.
    with tempfile.TemporaryFile(prefix="report-") as file:
        with sessions() as session:
            _write(session, job_id, columns, kind, file)
        file.seek(0)
        yield from streamed(file, cells)


def _write(session: Session, job_id: int, columns: Sequence[str], kind: _Kind, file: IO[bytes]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([*columns, *kind.columns])
    width = len(columns)
    for row in trouble.rows_in_trouble(
        session, job_id, most_rows_named=MOST_ROWS_NAMED, only_left_out=kind.only_left_out
    ):
        own = row.data_json[:width]
        writer.writerow([*own, *[""] * (width - len(own)), *kind.behind(row, width)])
    text.detach()  # written out, and `file` stays open


def _to_correct(row: RowInTrouble, width: int) -> list[str]:
    by, at = row.left_out_by, row.left_out_at
    why = _reason(row, width, LeftOut(by, at) if by and at else None)
    is_broken = any(IssueType(kind) is IssueType.MALFORMED_ROW for kind, *_ in row.troubles)
    return [why, *(row.data_json[width:] or [STILL_BROKEN] * is_broken)]


def _left_out(row: RowInTrouble, width: int) -> list[str]:
    at = f"{row.left_out_at:%Y-%m-%d %H:%M:%S}" if row.left_out_at else ""
    return [_reason(row, width), row.left_out_by or "", at, *row.data_json[width:]]


def _reason(row: RowInTrouble, width: int, left_out: LeftOut | None = None) -> str:
    troubles = (Trouble(IssueType(kind), *what) for kind, *what in row.troubles)
    return reason(troubles, cell_count=len(row.data_json), width=width, left_out=left_out)


_TO_CORRECT = _Kind(
    export_names.TO_CORRECT,
    only_left_out=False,
    columns=(REASON_COLUMN,),
    behind=_to_correct,
    nothing="No row of this upload needs attention: there is nothing to correct.",
)
_LEFT_OUT = _Kind(
    export_names.LEFT_OUT,
    only_left_out=True,
    columns=LEFT_OUT_COLUMNS,
    behind=_left_out,
    nothing="Nobody left a row of this upload out.",
)
