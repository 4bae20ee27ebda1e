"""From an opened contact file to raw rows, issues and duplicate groups, by COPY, in one pass."""

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import IO

import orjson
from sqlalchemy.orm import Session

from db.copying import copy_in
from db.queries import rows
from ingestion.csv_file.quoting import Batch
from ingestion.csv_file.records import ContactFile
from ingestion.grouping import RowsByEmail
from ingestion.rules import duplicates
from ingestion.rules.duplicates import Group
from ingestion.rules.identity import identity
from ingestion.rules.issues import IssueType
from ingestion.rules.validation import UNSTORABLE, ContactColumns, Problem, RowCheck

Progress = Callable[[int, float], None]
"""Told the rows done so far, and the part of the file done, from 0 to 1."""

_SECONDS_BETWEEN_REPORTS = 1.0
_IN_MEMORY = 4 * 1024 * 1024
_ROWS_COMPARED = 50_000
"""Read back from the database at once."""

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
        lines = _Rows(job_id, file, by_email, issues, loaded, progress).chunks()
        copy_in(session, "raw_rows", _RAW_ROWS, lines)
        for email, row_numbers in _conflicts(session, job_id, file.contact_columns, by_email):
            loaded.issues[IssueType.DUPLICATE_EMAIL] += 1
            problem = Problem(IssueType.DUPLICATE_EMAIL, duplicates.detail_of(len(row_numbers)))
            issues.write(_issue_line(job_id, problem, email.encode(), row_numbers[0]))
            members.writelines(b"%d\x02%b\x02%d\n" % (job_id, email.encode(), row) for row in row_numbers)
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
        self._check = RowCheck(file.contact_columns)
        self._by_email = by_email
        self._issues = issues
        self._loaded = loaded
        self._progress = progress
        self._next_report = time.monotonic() + _SECONDS_BETWEEN_REPORTS

    def chunks(self) -> Iterator[bytes]:
        """The lines, some hundred at a time."""
        for batch in self._file.batches:
            yield b"".join(self._lines(batch))
            self._loaded.total_rows += len(batch.rows)
            self._report()

    def _lines(self, batch: Batch) -> list[bytes]:
        job_id, unobjectionable = self._job_id, self._check.unobjectionable
        dumped, with_nul = _dumped(batch.rows)
        doubtful = {*batch.flaws, *(batch.numbers[at] for at in with_nul)}
        lines, emails, numbers = [], [], []
        for number, cells, data in zip(batch.numbers, batch.rows, dumped, strict=True):
            email = None if number in doubtful else unobjectionable(cells)
            if email is None:
                email, data = self._objectionable(number, cells, batch.flaws.get(number), data)
            if email is None:
                lines.append(b'%d\x02%d\x02\x02f\x02["%b"]\n' % (job_id, number, data))
            else:
                lines.append(b'%d\x02%d\x02%b\x02t\x02["%b"]\n' % (job_id, number, email.encode(), data))
                emails.append(email)
                numbers.append(number)
        self._by_email.add(emails, numbers)
        self._loaded.valid_rows += len(emails)
        return lines

    def _objectionable(
        self, number: int, cells: list[str], flaw: str | None, data: bytes
    ) -> tuple[str | None, bytes]:
        """The normalized e-mail, if it can be used all the same, and the cells as they are stored."""
        if any("\0" in cell for cell in cells):
            ((data,), _) = _dumped([[cell.replace("\0", "\ufffd") for cell in cells]])
            flaw = f"{flaw} {UNSTORABLE}" if flaw else UNSTORABLE
        verdict = self._check(cells, flaw)
        for problem in verdict.problems:
            self._loaded.issues[problem.type] += 1
            self._issues.write(_issue_line(self._job_id, problem, b"%d" % number, number))
        return verdict.normalized_email, data

    def _report(self) -> None:
        if time.monotonic() >= self._next_report:
            self._progress(self._loaded.total_rows, self._file.progress())
            self._next_report = time.monotonic() + _SECONDS_BETWEEN_REPORTS


def _dumped(rows: Sequence[list[str]]) -> tuple[list[bytes], list[int]]:
    """Of each row its cells as a JSON array, without `["` and `"]`; and which of them may hold NUL.

    Together, because that takes half the time. What stands between two arrays hardly ever stands in a cell:
    where it does, there are too many parts, and each row is dumped by itself.
    """
    dumped = orjson.dumps(rows)
    parts = dumped[3:-3].split(b'"],["')
    if len(parts) != len(rows):
        parts = [orjson.dumps(cells)[2:-2] for cells in rows]
    nul = b"\\u0000"
    return parts, [at for at, part in enumerate(parts) if nul in part] if nul in dumped else []


def _conflicts(
    session: Session, job_id: int, columns: ContactColumns, by_email: RowsByEmail
) -> Iterator[tuple[str, Sequence[int]]]:
    """Each e-mail whose rows a person has to decide between, with their numbers in file order."""
    for row_numbers in by_email.shared():
        groups: dict[str, Group] = {}
        # One e-mail may be on a million rows, as `none@none.com` is.
        for start in range(0, len(row_numbers), _ROWS_COMPARED):
            some = row_numbers[start : start + _ROWS_COMPARED].tolist()
            for number, email, *names in rows.received(session, job_id, some, columns.of_identity()):
                if email in groups:
                    groups[email].add(number, partial(identity, *names))
                else:
                    groups[email] = Group(number, identity(*names))
        yield from ((email, group.row_numbers) for email, group in groups.items() if group.is_conflict)


def _issue_line(job_id: int, problem: Problem, key: bytes, row_number: int) -> bytes:
    payload = orjson.dumps({"detail": problem.detail.replace("\0", "\ufffd")})
    return b"%d\x02%b\x02%b\x02%d\x02%b\n" % (job_id, problem.type.encode(), key, row_number, payload)


def _spool() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(_IN_MEMORY)


def _replay(spool: IO[bytes]) -> Iterator[bytes]:
    spool.seek(0)
    while chunk := spool.read(1 << 20):
        yield chunk
