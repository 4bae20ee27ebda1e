"""From what queries find to tables."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from db.models import Job
from db.queries import contacts, history, inspecting, issues
from db.queries.inspecting import Asked, JobFilter, ListedJob, Member, RowFilter
from db.queries.issues import ListedIssue
from ingestion.errors import NotFound
from ingestion.export import contacts_layout
from ingestion.history import Decided, decided
from ingestion.inspection.columns import FRAMES, IssueStatus, RowState
from ingestion.inspection.tables import Table, page, table
from ingestion.provenance import Value
from ingestion.review import by_kind, searched
from ingestion.rules.issues import IssueType
from ingestion.viewing import upload_of

_Kind = TypeVar("_Kind", bound=StrEnum)

_STATES: dict[RowState | None, tuple[bool | None, bool | None]] = {
    None: (None, None),
    RowState.USABLE: (True, None),
    RowState.NOT_USABLE: (False, False),
    RowState.LEFT_OUT: (None, True),
}
"""Of each state of a row what `is_valid` and `is_skipped` are."""


def one_of(kind: type[_Kind], value: str | None) -> _Kind | None:
    """A word as one of the kind's; None means any. Raises ValueError with those that there are."""
    if value is None:
        return None
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"{value!r} is none of {', '.join(repr(str(word)) for word in kind)}.") from None


def _whole(numbers: Iterable[int]) -> list[int]:
    """Numbers as Python's, which are all that a database takes: a column has pandas'."""
    return [int(number) for number in numbers]


def _or_none(number: int | None) -> int | None:
    return None if number is None else int(number)


def jobs(session: Session, which: JobFilter, *, before: int | None, limit: int) -> Table:
    """A page of uploads."""
    found = inspecting.jobs(session, which, before=_or_none(before), limit=limit + 1)
    places = [listed.job.id for listed in found[:limit]]
    return page(FRAMES["jobs"], [_job(listed) for listed in found], places)


def _job(listed: ListedJob) -> tuple[Any, ...]:
    job = listed.job
    seconds = None
    if job.started_at and job.processed_at and job.processed_at > job.started_at:
        seconds = (job.processed_at - job.started_at).total_seconds()
    return (
        job.id,
        job.original_filename,
        job.status,
        listed.owner,
        listed.owner_email,
        job.file_size,
        job.total_rows,
        job.valid_rows,
        job.conflict_count,
        job.created_at,
        job.started_at,
        job.processed_at,
        job.completed_at,
        seconds,
        job.total_rows / seconds if seconds else None,
        job.error_message,
    )


def rows(
    session: Session,
    job: Job,
    *,
    raw: bool,
    state: RowState | None,
    numbers: Collection[int],
    search: str,
    after: int,
    limit: int,
) -> Table:
    """A page of rows."""
    is_valid, is_skipped = _STATES[state]
    which = RowFilter(is_valid, is_skipped, _whole(numbers), search)
    found = inspecting.rows(session, job.id, which, received=raw, after=int(after), limit=limit + 1)
    width = len(job.columns)
    lines = [
        (
            row.row_number,
            _state(row.is_valid, row.is_skipped),
            tuple(row.data_json[width:]),
            *row.data_json[:width],
        )
        for row in found
    ]
    return page(FRAMES["rows"], lines, [row.row_number for row in found[:limit]], job.columns)


def _state(is_valid: bool, is_skipped: bool) -> RowState:
    if is_skipped:
        return RowState.LEFT_OUT
    return RowState.USABLE if is_valid else RowState.NOT_USABLE


def issue_list(
    session: Session,
    job: Job,
    *,
    status: IssueStatus | None,
    types: Collection[IssueType],
    search: str,
    numbers: Collection[int],
    by: str | int | None,
    after: Sequence[int] | None,
    limit: int,
) -> Table:
    """A page of issues."""
    upload = upload_of(job)
    which = issues.Filter(
        status=None if status is None else _STORED[status],
        types=types,
        search=search,
        columns=searched(upload),
        row_numbers=_whole(numbers),
        decided_by=decider(session, job.id, by),
    )
    place = None if after is None else tuple(_whole(after))
    found = issues.page(session, job.id, which, after=place, limit=limit + 1)
    email = upload.contact_columns.email if upload.contact_columns else 0
    places = [listed.position for listed in found[:limit]]
    return page(FRAMES["issues"], [_issue(listed, email) for listed in found], places)


_STORED = {IssueStatus.OPEN: "OPEN", IssueStatus.SETTLED: "RESOLVED"}


def _issue(listed: ListedIssue, email: int) -> tuple[Any, ...]:
    issue, cells = listed.issue, listed.data_json or []
    is_group = issue.type == IssueType.DUPLICATE_EMAIL
    return (
        issue.id,
        issue.type,
        IssueStatus.OPEN if issue.status == "OPEN" else IssueStatus.SETTLED,
        issue.row_number,
        issue.key if is_group else "".join(cells[email : email + 1]),
        issue.payload_json.get("rows", 1),
        issue.payload_json["detail"],
        listed.decided_by,
    )


def duplicates(
    session: Session,
    job: Job,
    *,
    asked: Asked | None,
    search: str,
    numbers: Collection[int],
    after: tuple[str, int],
    limit: int,
) -> Table:
    """A page of the members of groups."""
    found = inspecting.members(
        session,
        job.id,
        standing=asked,
        search=search.strip().lower(),
        row_numbers=_whole(numbers),
        after=(after[0], int(after[1])),
        limit=limit + 1,
    )
    lines = [(*_member(member), *member.data_json[: len(job.columns)]) for member in found]
    places = [(member.email, member.row_number) for member in found[:limit]]
    return page(FRAMES["duplicates"], lines, places, job.columns)


def _member(member: Member) -> tuple[Any, ...]:
    asked = Asked.NEVER if member.issue_id is None else Asked.OPEN if member.is_open else Asked.SETTLED
    return (
        member.email,
        member.row_number,
        member.group_size,
        asked,
        member.is_kept,
        member.action,
        member.decided_by,
        member.issue_id,
    )


def decisions(session: Session, job: Job, which: history.Filter, *, before: int | None, limit: int) -> Table:
    """A page of decisions."""
    entries = history.page(session, job.id, which, before=_or_none(before), limit=limit + 1)
    found = [decided(entry) for entry in entries]
    places = [decision.id for decision in found[:limit]]
    return page(FRAMES["decisions"], [_decision(decision) for decision in found], places)


def _decision(decision: Decided) -> tuple[Any, ...]:
    types = list(decision.issues)
    return (
        decision.id,
        decision.at,
        decision.by,
        decision.action,
        decision.answer,
        types[0] if len(types) == 1 else None,
        sum(decision.issues.values()),
        decision.subject,
        decision.undone_by,
    )


def decider(session: Session, job_id: int, by: str | int | None) -> int | None:
    """The id of the one who decided about a job and is called so.

    Raises NotFound where nobody is, and ValueError where several are.
    """
    if not isinstance(by, str):
        return _or_none(by)
    people = history.people(session, job_id)
    named = [user_id for user_id, name in people.items() if name.casefold() == by.strip().casefold()]
    if not named:
        known = ", ".join(sorted(set(people.values()))) or "nobody"
        raise NotFound(f"Nobody called {by!r} decided about upload {job_id}. Those who did: {known}.")
    if len(named) > 1:
        raise ValueError(f"Several are called {by!r}: by=NUMBER names one by their account, {named}.")
    return named[0]


def contact_list(session: Session, job: Job, *, search: str, after: str | None, limit: int) -> Table:
    """A page of contacts."""
    found = contacts.page(session, job.id, after=after, limit=limit + 1, search=search)
    lines = [
        (
            contact.email,
            contact.first_name,
            contact.last_name,
            contact.company,
            contact.row_number,
            *contact.other_json,
        )
        for contact in found
    ]
    others = [job.columns[at] for at in contacts_layout(job).others] if upload_of(job).contact_columns else []
    return page(FRAMES["contacts"], lines, [contact.email for contact in found[:limit]], others)


def values(found: Iterable[Value]) -> Table:
    """Where the values of a contact come from."""
    return table(FRAMES["provenance"], [_value(value) for value in found])


def _value(value: Value) -> tuple[Any, ...]:
    by = value.decision
    put = (by.action, by.by, by.at) if by else (None, None, None)
    return (value.column, value.value, value.cell, value.row_numbers, *put)


def issue_counts(found: Mapping[tuple[str, str], int]) -> Table:
    """How many issues of each type there are."""
    lines = [(kind, *numbers) for kind, numbers in by_kind(found).items() if any(numbers)]
    return table(FRAMES["issue_counts"], lines)
