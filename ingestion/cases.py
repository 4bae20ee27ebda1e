"""One issue, with everything that a person needs to settle it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Issue
from db.queries import groups, issues, resolutions, rows
from db.queries.rows import CurrentRow
from ingestion.access import permitted
from ingestion.errors import NotFound
from ingestion.rules import suggestions, survivorship
from ingestion.rules.cells import trim
from ingestion.rules.duplicates import differing_columns
from ingestion.rules.issues import KINDS, Action, IssueType
from ingestion.rules.permissions import Permission
from ingestion.rules.suggestions import Suggestion
from ingestion.rules.validation import ContactColumns, squared
from ingestion.viewing import upload_of

CANDIDATES_PER_PAGE = 20
_ROWS_LOOKED_AT = 10_000  # before a row, and after it, for what may be missing there


@dataclass(frozen=True)
class Candidate:
    """A row as it now reads, as wide as the header."""

    row_number: int
    cells: tuple[str, ...]
    is_skipped: bool


@dataclass(frozen=True)
class Settled:
    """Who settled an issue, how and when (UTC). `by_consequence`: a decision on another issue did."""

    action: Action
    by: str
    at: dt.datetime
    row_number: int | None
    by_consequence: bool
    decision: int
    """What is undone to ask again."""


@dataclass(frozen=True)
class Case:
    """One issue with everything that a person needs to settle it."""

    id: int
    version: int
    type: IssueType
    key: str
    detail: str
    columns: tuple[str, ...]
    contact_columns: ContactColumns
    candidates: tuple[Candidate, ...]
    """The row, or a page of the group's rows."""
    group_size: int
    differing: tuple[int, ...]
    """The columns in which the candidates shown differ."""
    surplus: tuple[str, ...]
    """Cells of a malformed row that stand beyond the header."""
    suggestions: tuple[Suggestion, ...]
    """What the field in question may have been meant to be."""
    settled: Settled | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.settled is None

    def suggested_merge(self) -> list[str]:
        """A merged record to start from, with the e-mail that the rows share. What differs is trimmed."""
        record = survivorship.suggested_merge([candidate.cells for candidate in self.candidates])
        for column in self.differing:
            record[column] = trim(record[column])
        record[self.contact_columns.email] = self.key
        return record

    @property
    def compared(self) -> tuple[int, ...]:
        """The columns to look at side by side: the name and the company, and all that differ."""
        identity = (at for at in self.contact_columns.of_identity() if at is not None)
        return tuple(sorted({*self.differing, *identity}))

    @property
    def field(self) -> int | None:
        """The column of the one field in question, if there is one."""
        name = KINDS[self.type].field
        return None if name is None else self.contact_columns.as_json()[name]

    def with_value(self, value: str) -> list[str]:
        """The row with another value in the field in question."""
        assert self.field is not None
        cells = list(self.candidates[0].cells)
        cells[self.field] = value
        return cells

    def choices(self, column: int) -> list[str]:
        """The different values that the candidates have in a column."""
        return survivorship.choices([candidate.cells for candidate in self.candidates], column)


def get(sessions: Sessions, user_id: int, job_id: int, issue_id: int, *, page: int = 0) -> Case:
    """An issue and its rows; of a large group one page of them. Raises NotFound."""
    with sessions() as session:
        upload = upload_of(permitted(session, user_id, job_id, Permission.VIEW))
        issue = issues.find(session, job_id, issue_id)
        if issue is None or upload.contact_columns is None:
            raise NotFound("There is no such issue in this upload.")
        numbers = [issue.row_number]
        if issue.type == IssueType.DUPLICATE_EMAIL:
            numbers = groups.members(session, job_id, [issue.key])[issue.key]
        first = page * CANDIDATES_PER_PAGE
        found = rows.current(session, job_id, numbers[first : first + CANDIDATES_PER_PAGE])
        candidates = tuple(candidate_of(row, len(upload.columns)) for row in found)
        return Case(
            id=issue.id,
            version=issue.version,
            type=IssueType(issue.type),
            key=issue.key,
            detail=str(issue.payload_json["detail"]),
            columns=upload.columns,
            contact_columns=upload.contact_columns,
            candidates=candidates,
            group_size=len(numbers),
            differing=tuple(differing_columns([candidate.cells for candidate in candidates])),
            surplus=tuple(found[0].data_json[len(upload.columns) :]) if found else (),
            suggestions=_suggestions(session, issue, upload.contact_columns, found),
            settled=_settled(session, issue),
        )


def candidate_of(row: CurrentRow, width: int) -> Candidate:
    """A row under a header of `width`."""
    return Candidate(row.row_number, tuple(squared(row.data_json, width)), row.is_skipped)


def _suggestions(
    session: Session, issue: Issue, columns: ContactColumns, found: Sequence[CurrentRow]
) -> tuple[Suggestion, ...]:
    if issue.status != "OPEN" or not found:
        return ()
    (row, *_) = found
    if issue.type == IssueType.INVALID_EMAIL_FORMAT:
        return tuple(suggestions.for_email(row.data_json[columns.email]))
    if issue.type == IssueType.MISSING_COMPANY and suggestions.is_of_a_business(row.normalized_email or ""):
        assert columns.company is not None
        domain = (row.normalized_email or "").rpartition("@")[2]
        near = row.row_number - _ROWS_LOOKED_AT, row.row_number + _ROWS_LOOKED_AT
        companies = rows.values_at_domain(session, issue.job_id, domain, columns.company, near)
        is_part = rows.is_any_outside(session, issue.job_id, near)
        return tuple(suggestions.for_company(domain, companies, counts_are_complete=not is_part))
    return ()


def _settled(session: Session, issue: Issue) -> Settled | None:
    if issue.status == "OPEN" or issue.resolution_id is None:
        return None
    entry, name = resolutions.get(session, issue.resolution_id)
    return Settled(
        action=Action(entry.action),
        by=name,
        at=entry.decided_at,
        row_number=entry.row_number,
        by_consequence=entry.caused_by is not None,
        decision=entry.caused_by or entry.id,
    )
