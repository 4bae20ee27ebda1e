"""From an opened contact file to raw rows, issues and duplicate groups, by COPY, in one pass."""

import io
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress
from typing import IO, NamedTuple

import numpy as np
import orjson
from sqlalchemy.orm import Session

from db.copying import copy_in
from db.queries import rows
from ingestion.csv_file.records import ContactFile
from ingestion.csv_file.tables import NUL, Table, dumped
from ingestion.grouping import RowNumbers, RowsByEmail
from ingestion.rules import duplicates, emails
from ingestion.rules.duplicates import Group
from ingestion.rules.issues import IssueType
from ingestion.rules.validation import UNSTORABLE, ContactColumns, Problem, RowCheck
from ingestion.telemetry.stages import stage

Progress = Callable[[int, float], None]
"""Told the rows done so far, and the part of the file done, from 0 to 1."""

_SECONDS_BETWEEN_REPORTS = 1.0
_IN_MEMORY = 4 * 1024 * 1024
_ROWS_READ = 50_000
"""Read back from the database at once."""
_ROWS_SORTED = 1_000_000
"""Brought into the order of the file at once: what is kept of each is its number."""

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
    with RowsByEmail() as by_email, _spool() as issues:
        lines = _Rows(job_id, file, by_email, issues, loaded, progress).chunks()
        with stage("load"):
            copy_in(session, "raw_rows", _RAW_ROWS, lines)
        with stage("duplicates"):
            _Groups(session, job_id, file.contact_columns, loaded).load(by_email, _replay(issues))
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
        """The lines, some thousand at a time."""
        for table in self._file.tables:
            yield b"".join(self._lines(table))
            self._loaded.total_rows += len(table.json)
            self._report()

    def _lines(self, table: Table) -> list[bytes]:
        job_id, numbers, json = self._job_id, table.numbers, list(table.json)
        usable = emails.normalize_plain(table.emails)
        for at in self._doubtful(table):
            usable[at] = None
        for at in [at for at, email in enumerate(usable) if email is None]:
            usable[at], json[at] = self._judged(table, at)
        valid = [email for email in usable if email is not None]
        self._by_email.add(valid, list(compress(numbers, usable)))
        self._loaded.valid_rows += len(valid)
        return [
            b'%d\x02%d\x02%b\x02t\x02["%b"]\n' % (job_id, number, email, cells)
            if email
            else b'%d\x02%d\x02\x02f\x02["%b"]\n' % (job_id, number, cells)
            for number, email, cells in zip(numbers, usable, json, strict=True)
        ]

    def _doubtful(self, table: Table) -> Iterable[int]:
        """The rows in which more may be wrong than an address."""
        if not self._check.looks_at_values:
            return table.odd
        everywhere = range(len(table.json))
        return [at for at in everywhere if at in table.odd or self._check.finds_flaw(table.cells(at))]

    def _judged(self, table: Table, at: int) -> tuple[bytes | None, bytes]:
        """The normalized e-mail of a row, if it can be used, and its cells as they are stored."""
        data = table.json[at]
        if at not in table.odd and not self._check.looks_at_values:
            email = emails.normalize(table.emails[at].decode())
            if email is not None:
                return email.encode(), data
        number, flaw = table.numbers[at], table.flaws.get(table.numbers[at])
        cells = table.cells(at)
        if NUL in data and any("\0" in cell for cell in cells):
            data = dumped([cell.replace("\0", "\ufffd") for cell in cells])
            flaw = f"{flaw} {UNSTORABLE}" if flaw else UNSTORABLE
        verdict = self._check(cells, flaw)
        for problem in verdict.problems:
            self._loaded.issues[problem.type] += 1
            self._issues.write(self._line(problem, number))
        email = verdict.normalized_email
        return None if email is None else email.encode(), data

    def _line(self, problem: Problem, number: int) -> bytes:
        payload = {"detail": problem.detail.replace("\0", "\ufffd")}
        return _issue_line(self._job_id, problem.type, b"%d" % number, number, payload)

    def _report(self) -> None:
        if time.monotonic() >= self._next_report:
            self._progress(self._loaded.total_rows, self._file.progress())
            self._next_report = time.monotonic() + _SECONDS_BETWEEN_REPORTS


class _Part(NamedTuple):
    """Bytes of a file."""

    begin: int
    size: int


class _Groups:
    """The rows that share an e-mail; a person has to decide between those that are not one person."""

    def __init__(self, session: Session, job_id: int, columns: ContactColumns, loaded: Loaded) -> None:
        self._session = session
        self._job_id = job_id
        self._columns = columns.of_identity()
        self._loaded = loaded

    def load(self, by_email: RowsByEmail, issues: Iterator[bytes]) -> None:
        """Load the groups' members and issues, and these other issues."""
        with _spool() as names, _spool() as members:
            lists = list(
                chain.from_iterable(self._put_aside(some, names) for some in _many(by_email.shared()))
            )
            # Names are compared while the database is busy with the other issues.
            found = self._conflicts(lists, names, members)
            copy_in(self._session, "issues", _ISSUES, chain(issues, found))
            copy_in(self._session, "issue_rows", _ISSUE_ROWS, _replay(members))

    def _put_aside(self, lists: Sequence[RowNumbers], names: IO[bytes]) -> list[list[_Part]]:
        """Write the names of the rows of some lists; of each list the parts in which they stand.

        Read in the order of the file: its rows lie in that order, and those of one list far apart.
        """
        parts: list[list[_Part]] = [[] for _ in lists]
        row_numbers = np.concatenate(lists)
        list_of = np.repeat(np.arange(len(lists)), [len(some) for some in lists])
        in_file_order = np.argsort(row_numbers)
        for start in range(0, len(row_numbers), _ROWS_READ):
            read = in_file_order[start : start + _ROWS_READ]
            content = io.BytesIO()
            rows.copy_names(self._session, self._job_id, row_numbers[read].tolist(), self._columns, content)
            lines = content.getvalue().splitlines(keepends=True)
            by_list = np.argsort(list_of[read], kind="stable")
            ends = np.cumsum(np.bincount(list_of[read], minlength=len(lists)))
            for own, places in zip(parts, np.split(by_list, ends[:-1]), strict=True):
                own.append(_Part(names.tell(), names.write(b"".join([lines[at] for at in places.tolist()]))))
        return parts

    def _conflicts(self, lists: list[list[_Part]], names: IO[bytes], members: IO[bytes]) -> Iterator[bytes]:
        """The groups' issues, one a line; their members are put aside."""
        for parts in lists:
            groups: dict[str, Group] = {}
            for part in parts:
                names.seek(part.begin)
                _gather(names.read(part.size), groups)
            for email, group in groups.items():
                if len(group.row_numbers) > 1:
                    members.write(self._members(email.encode(), group.row_numbers))
                if group.is_conflict:
                    yield self._conflict(email.encode(), group.row_numbers)

    def _members(self, email: bytes, row_numbers: Sequence[int]) -> bytes:
        return b"".join([b"%d\x02%b\x02%d\n" % (self._job_id, email, row) for row in row_numbers])

    def _conflict(self, email: bytes, row_numbers: Sequence[int]) -> bytes:
        self._loaded.issues[IssueType.DUPLICATE_EMAIL] += 1
        payload = duplicates.payload_of(len(row_numbers))
        return _issue_line(self._job_id, IssueType.DUPLICATE_EMAIL, email, row_numbers[0], payload)


def _many(lists: Iterable[RowNumbers]) -> Iterator[list[RowNumbers]]:
    """Lists of rows, some together."""
    gathered: list[RowNumbers] = []
    for some in lists:
        gathered.append(some)
        if sum(map(len, gathered)) >= _ROWS_SORTED:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


def _gather(names: bytes, groups: dict[str, Group]) -> None:
    """Put rows into the groups of their e-mails."""
    for number, email, own in rows.names_copied(names):
        if email in groups:
            groups[email].add(number, own)
        else:
            groups[email] = Group(number, own)


def _issue_line(
    job_id: int, kind: IssueType, key: bytes, row_number: int, payload: Mapping[str, str | int]
) -> bytes:
    said = orjson.dumps(payload)
    return b"%d\x02%b\x02%b\x02%d\x02%b\n" % (job_id, kind.encode(), key, row_number, said)


def _spool() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(_IN_MEMORY)


def _replay(spool: IO[bytes]) -> Iterator[bytes]:
    spool.seek(0)
    while chunk := spool.read(1 << 20):
        yield chunk
