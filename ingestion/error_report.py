"""The rows of an upload that need attention, as a file to correct and upload again."""

import csv
import io
import tempfile
from collections.abc import Generator, Sequence
from pathlib import PurePosixPath
from typing import IO

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.queries import trouble
from db.queries.trouble import RowInTrouble
from ingestion.errors import Conflict
from ingestion.export import Download
from ingestion.rules.issues import IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.reasons import MOST_ROWS_NAMED, REASON_COLUMN, STILL_BROKEN, LeftOut, Trouble, reason
from ingestion.uploads import owned

_CHUNK_BYTES = 64 * 1024
_CHECKED = frozenset({JobStatus.NEEDS_REVIEW, JobStatus.FINALIZING, JobStatus.COMPLETED})


def open_report(sessions: Sessions, user_id: int, job_id: int) -> Download:
    """The rows with an open issue and those left out, as received, each with the reason in a last column.

    CSV in UTF-8 with a byte order mark, without which Excel takes it for the machine's own encoding. A short
    row is filled up to the header; cells beyond the header stand after the reason. Behind the
    reason of any other broken row stands a note, so that the row is asked about again where nobody corrected
    it. Raises NotFound, and Conflict when the upload was not processed or no row needs attention.
    """
    with sessions() as session:
        job = owned(session, user_id, job_id)
        if job.status == JobStatus.FAILED:
            raise Conflict("This upload could not be read: there are no rows to correct.")
        if job.status not in _CHECKED:
            raise Conflict("The rows of this upload are not checked yet. Wait until it was processed.")
        if not trouble.is_any_row_in_trouble(session, job_id):
            raise Conflict("No row of this upload needs attention: there is nothing to correct.")
    stem = PurePosixPath(job.original_filename).stem
    return Download(f"{stem}-to-correct.csv", _stream(sessions, job_id, job.columns))


def is_any_to_correct(sessions: Sessions, user_id: int, job_id: int) -> bool:
    """Whether there is a report. Raises NotFound."""
    with sessions() as session:
        return owned(session, user_id, job_id).status in _CHECKED and trouble.is_any_row_in_trouble(
            session, job_id
        )


def _stream(sessions: Sessions, job_id: int, columns: Sequence[str]) -> Generator[bytes]:
    # By way of a file: a reader that stalls holds neither a connection nor a snapshot of the database.
    with tempfile.TemporaryFile(prefix="report-") as file:
        with sessions() as session:
            _write(session, job_id, columns, file)
        file.seek(0)
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _write(session: Session, job_id: int, columns: Sequence[str], file: IO[bytes]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow([*columns, REASON_COLUMN])
    for row in trouble.rows_in_trouble(session, job_id, most_rows_named=MOST_ROWS_NAMED):
        writer.writerow(_line(row, len(columns)))
    text.detach()  # written out, and `file` stays open


def _line(row: RowInTrouble, width: int) -> list[str]:
    cells = row.data_json
    why = reason(
        (Trouble(IssueType(kind), *what) for kind, *what in row.troubles),
        cell_count=len(cells),
        width=width,
        left_out=LeftOut(row.left_out_by, row.left_out_at) if row.left_out_by and row.left_out_at else None,
    )
    is_broken = any(IssueType(trouble[0]) is IssueType.MALFORMED_ROW for trouble in row.troubles)
    surplus = cells[width:] or [STILL_BROKEN] * is_broken
    return [*cells[:width], *[""] * (width - len(cells)), why, *surplus]
