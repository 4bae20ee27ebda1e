"""The issues of an upload: in lists, and counted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from db.engine import Sessions
from db.queries import issues
from ingestion.access import permitted
from ingestion.rules.cells import trim
from ingestion.rules.issues import IssueType
from ingestion.rules.permissions import Permission
from ingestion.rules.validation import squared
from ingestion.viewing import Upload, upload_of

PAGE_SIZE = 50

Order = issues.Order
Position = issues.Position


@dataclass(frozen=True)
class IssueSummary:
    """An issue in a list."""

    id: int
    type: IssueType
    is_open: bool
    row_number: int
    email: str
    """Of a group its e-mail; of a row what stands in its e-mail cell."""
    name: str
    detail: str
    decided_by: str | None
    position: Position
    """Where in its list it stands."""


def listed(
    sessions: Sessions,
    user_id: int,
    job_id: int,
    *,
    open_only: bool | None = True,
    types: Collection[IssueType] = (),
    search: str = "",
    order: Order = Order.ROW,
    after: Position | None = None,
    limit: int = PAGE_SIZE,
) -> list[IssueSummary]:
    """A page of issues, those after a position. No types means all; `open_only` None too.

    `search` is looked for in addresses, names and companies, whatever the case.
    """
    status = {True: "OPEN", False: "RESOLVED", None: None}[open_only]
    with sessions() as session:
        upload = upload_of(permitted(session, user_id, job_id, Permission.VIEW))
        which = issues.Filter(status, types, search.strip(), searched(upload))
        found = issues.page(session, job_id, which, order=order, after=after, limit=limit)
        return [_summary(upload, listed) for listed in found]


def counts(sessions: Sessions, user_id: int, job_id: int) -> dict[IssueType, tuple[int, int]]:
    """How many issues of each kind are open, and how many are settled."""
    with sessions() as session:
        permitted(session, user_id, job_id, Permission.VIEW)
        found = by_kind(issues.counts(session, job_id))
    return {kind: numbers for kind, numbers in found.items() if any(numbers)}


def by_kind(found: Mapping[tuple[str, str], int]) -> dict[IssueType, tuple[int, int]]:
    """Of every kind how many issues are open and how many settled, from the counts by kind and status."""
    return {kind: (found.get((kind, "OPEN"), 0), found.get((kind, "RESOLVED"), 0)) for kind in IssueType}


def settled(sessions: Sessions, user_id: int, job_id: int) -> int:
    """How many issues are settled. Raises NotFound."""
    with sessions() as session:
        permitted(session, user_id, job_id, Permission.VIEW)
        return issues.count(session, job_id, issues.Filter(status="RESOLVED"))


def issue_of(sessions: Sessions, user_id: int, job_id: int, decision: int) -> int | None:
    """The issue that a decision was about; of many decided as one the first. Raises NotFound."""
    with sessions() as session:
        permitted(session, user_id, job_id, Permission.VIEW)
        return issues.of_decision(session, job_id, decision)


def searched(upload: Upload) -> tuple[int, ...]:
    """The columns in which is searched: those of the contact's own fields."""
    return tuple(upload.contact_columns.named()) if upload.contact_columns else ()


def _summary(upload: Upload, listed: issues.ListedIssue) -> IssueSummary:
    issue, columns = listed.issue, upload.contact_columns
    cells = squared(listed.data_json or [], len(upload.columns))
    email, name = issue.key, ""
    if columns is not None:
        fields = (columns.first_name, columns.last_name)
        name = trim(" ".join(trim(cells[at]) for at in fields if at is not None))
        email = issue.key if issue.type == IssueType.DUPLICATE_EMAIL else cells[columns.email]
    return IssueSummary(
        id=issue.id,
        type=IssueType(issue.type),
        is_open=issue.status == "OPEN",
        row_number=issue.row_number,
        email=email,
        name=name,
        detail=str(issue.payload_json["detail"]),
        decided_by=listed.decided_by,
        position=listed.position,
    )
