"""From an opened contact file to raw rows, issues and duplicate groups, by COPY, in one pass."""

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO

import orjson
from sqlalchemy.orm import Session

from db.copying import SEPARATOR, copy_in
from ingestion.csv_file.records import ContactFile
from ingestion.grouping import RowsByEmail
from ingestion.rules import duplicates
from ingestion.rules.issues import IssueType
from ingestion.rules.validation import Problem, RowCheck, Verdict, unstorable

Progress = Callable[[int, int], None]
"""Told the rows and bytes done so far."""

_ROWS_PER_CHUNK = 500
_SECONDS_BETWEEN_REPORTS = 1.0
_IN_MEMORY = 4 * 1024 * 1024

_RAW_ROWS = ("job_id", "row_number", "normalized_email", "is_valid", "data_json")
_ISSUES = ("job_id", "type", "key", "row_number", "payload_json")
_ISSUE_ROWS = ("job_id", "email", "row_number")


@dataclass
class Loaded:
    """What a file came to."""

    total_rows: int = 0
    valid_rows: int = 0
    issues: Counter[IssueType] = field(default_factory=Counter)


def load(session: Session, job_id: int, file: ContactFile, progress: Progress) -> Loaded:
    """Load the file's rows, its issues and its groups within the session's transaction.

    Raises UnreadableFile when the file breaks off in the middle.
    """
    loaded = Loaded()
    with RowsByEmail() as by_email, _spool() as issues, _spool() as members:
        rows = _Rows(job_id, file, by_email, issues, loaded, progress)
        copy_in(session, "raw_rows", _RAW_ROWS, rows.chunks())
        _spool_groups(job_id, by_email, issues, members, loaded)
        copy_in(session, "issues", _ISSUES, _replay(issues))
        copy_in(session, "issue_rows", _ISSUE_ROWS, _replay(members))
    return loaded


class _Rows:
    """The rows of a file as lines for COPY; on the way their issues and e-mails are put aside."""

    def __init__(
        self,
        job_id: int,
        file: ContactFile,
        by_email: RowsByEmail,
        issues: IO[bytes],
        loaded: Loaded,
        progress: Progress,
    ) -> None:
        self._job_id = job_id
        self._file = file
        self._check = RowCheck(file.contact_columns, len(file.columns))
        self._by_email = by_email
        self._issues = issues
        self._loaded = loaded
        self._progress = progress
        self._next_report = time.monotonic() + _SECONDS_BETWEEN_REPORTS

    def chunks(self) -> Iterator[bytes]:
        lines: list[bytes] = []
        for number, cells in self._file.records:
            lines.append(self._line(number, cells))
            if len(lines) == _ROWS_PER_CHUNK:
                yield b"".join(lines)
                lines.clear()
                self._report()
        yield b"".join(lines)

    def _line(self, number: int, cells: list[str]) -> bytes:
        data = orjson.dumps(cells)
        verdict = self._check(cells)
        if b"\\u0000" in data and any("\0" in cell for cell in cells):
            data = orjson.dumps([cell.replace("\0", "\ufffd") for cell in cells])
            verdict = unstorable(verdict)
        self._note(number, cells, verdict)
        email = verdict.normalized_email
        if email is None:
            return b"%d\x02%d\x02\x02f\x02%b\n" % (self._job_id, number, data)
        return b"%d\x02%d\x02%b\x02t\x02%b\n" % (self._job_id, number, email.encode(), data)

    def _note(self, number: int, cells: list[str], verdict: Verdict) -> None:
        loaded = self._loaded
        loaded.total_rows += 1
        if verdict.normalized_email is not None:
            loaded.valid_rows += 1
            identity = self._file.contact_columns.identity_of(cells)
            self._by_email.add(verdict.normalized_email, number, identity)
        for problem in verdict.problems:
            loaded.issues[problem.type] += 1
            self._issues.write(_issue_line(self._job_id, problem, str(number), number))

    def _report(self) -> None:
        if time.monotonic() >= self._next_report:
            self._progress(self._loaded.total_rows, self._file.bytes_read())
            self._next_report = time.monotonic() + _SECONDS_BETWEEN_REPORTS


def _spool_groups(
    job_id: int, by_email: RowsByEmail, issues: IO[bytes], members: IO[bytes], loaded: Loaded
) -> None:
    for email, rows in by_email.groups():
        if not duplicates.conflicts(row.identity for row in rows):
            continue
        loaded.issues[IssueType.DUPLICATE_EMAIL] += 1
        problem = Problem(IssueType.DUPLICATE_EMAIL, duplicates.detail_of(len(rows)))
        issues.write(_issue_line(job_id, problem, email, rows[0].row_number))
        members.writelines(b"%d\x02%b\x02%d\n" % (job_id, email.encode(), row.row_number) for row in rows)


def _issue_line(job_id: int, problem: Problem, key: str, row_number: int) -> bytes:
    payload = orjson.dumps({"detail": problem.detail.replace("\0", "\ufffd")})
    fields = (str(job_id), problem.type, key, str(row_number))
    return SEPARATOR.join([*(field.encode() for field in fields), payload]) + b"\n"


def _spool() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(_IN_MEMORY)


def _replay(spool: IO[bytes]) -> Iterator[bytes]:
    spool.seek(0)
    while chunk := spool.read(1 << 20):
        yield chunk
