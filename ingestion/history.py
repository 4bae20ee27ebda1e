"""Who decided what about an upload, and when."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from db.engine import Sessions
from db.queries import history
from db.queries.history import Entry
from ingestion.access import permitted
from ingestion.rules.bulk import BulkAnswer
from ingestion.rules.issues import Action, IssueType
from ingestion.rules.permissions import Permission

PAGE_SIZE = 100

Filter = history.Filter


@dataclass(frozen=True)
class Decided:
    """A decision, or one answer to many issues. Times are in UTC."""

    id: int
    """What is undone by; smaller ones are older."""
    at: dt.datetime
    by: str
    action: Action
    answer: BulkAnswer | None
    """The answer that many issues got."""
    issues: Mapping[IssueType, int]
    """How many issues of each kind."""
    subject: str
    """The row or the e-mail that it was about; blank where it was about many."""
    undone_by: str | None

    @property
    def can_be_undone(self) -> bool:
        """Whether it still holds. A later decision may stand in the way."""
        return self.undone_by is None and self.action is not Action.UNDO


def listed(
    sessions: Sessions,
    user_id: int,
    job_id: int,
    which: Filter = Filter(),  # noqa: B008  (frozen)
    *,
    before: int | None = None,
    limit: int = PAGE_SIZE,
) -> list[Decided]:
    """A page of what was decided, newest first, with smaller ids than `before`. Raises NotFound."""
    with sessions() as session:
        permitted(session, user_id, job_id, Permission.VIEW)
        found = history.page(session, job_id, which, before=before, limit=limit)
    return [decided(entry) for entry in found]


def last_of(sessions: Sessions, user_id: int, job_id: int) -> Decided | None:
    """The newest decision of the user on an upload that still holds. Raises NotFound."""
    found = listed(sessions, user_id, job_id, Filter(decided_by=user_id, is_standing=True), limit=1)
    return found[0] if found else None


def people(sessions: Sessions, user_id: int, job_id: int) -> dict[int, str]:
    """Who decided about an upload: their ids and names. Raises NotFound."""
    with sessions() as session:
        permitted(session, user_id, job_id, Permission.VIEW)
        return history.people(session, job_id)


def decided(entry: Entry) -> Decided:
    """An entry of the log as people see it."""
    issues = entry.decided_json or {entry.issue_type: 1}
    return Decided(
        id=entry.id,
        at=entry.decided_at,
        by=entry.decided_by,
        action=Action(entry.action),
        answer=BulkAnswer(entry.request_json["answer"]) if entry.request_json else None,
        issues={IssueType(kind): int(count) for kind, count in issues.items()},
        subject="" if entry.decided_json else entry.email or f"row {entry.row_number:,}",
        undone_by=entry.undone_by,
    )
