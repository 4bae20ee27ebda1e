"""Settling issues, one decision a transaction.

Every decision is refused while the job is not in review (Conflict), when somebody changed the issue since it
was looked at (Conflict, naming who), and when a rule forbids it (InvalidDecision); then nothing is stored.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Issue
from db.queries import groups, issues, resolutions, rows
from db.queries.open_issues import OpenIssue
from ingestion.access import permitted
from ingestion.decision import Answer, Decisions
from ingestion.errors import Conflict, InvalidDecision, NotFound
from ingestion.rules.issues import KINDS, Action, IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission
from ingestion.rules.validation import squared
from ingestion.telemetry import traces
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

_DONE = {
    Action.CHOOSE: "chose row {row}",
    Action.MERGE: "merged the rows",
    Action.EDIT: "corrected the row",
    Action.ACCEPT: "accepted it as it is",
    Action.SKIP: "left it out",
}


@dataclass(frozen=True)
class Seen:
    """An issue as somebody saw it: who, and the version of the issue that was on screen."""

    user_id: int
    job_id: int
    issue_id: int
    version: int


def choose(sessions: Sessions, seen: Seen, *, row_number: int) -> None:
    """Let one row of a duplicate group survive; the open issues of the others are settled with it."""
    with _deciding(sessions, seen, Action.CHOOSE) as at:
        if row_number not in at.members():
            raise InvalidDecision(f"Row {row_number} is not one of this group.")
        at.decide(row_number=row_number)


def merge(sessions: Sessions, seen: Seen, *, cells: Sequence[str]) -> None:
    """Let a record made of a duplicate group survive: `cells` are all its columns, in file order."""
    with _deciding(sessions, seen, Action.MERGE) as at:
        at.decide(row_number=at.members()[0], cells=at.decisions.merged(cells, at.issue.key))


def edit(sessions: Sessions, seen: Seen, *, cells: Sequence[str]) -> None:
    """Correct a row: `cells` are all its columns, in file order. Checked like an upload.

    Raises InvalidDecision with the reason when the new values do not settle the issue.
    """
    with _deciding(sessions, seen, Action.EDIT) as at:
        at.correct(at.decisions.whole_row(cells))


def accept(sessions: Sessions, seen: Seen) -> None:
    """Keep a blank field blank, or a broken row as it is shown: filled up with blanks, or cut at the header.

    Raises InvalidDecision when a broken row has no usable e-mail as it is shown.
    """
    with _deciding(sessions, seen, Action.ACCEPT) as at:
        if at.issue.type == IssueType.MALFORMED_ROW:
            received = rows.raw(at.session, seen.job_id, at.issue.row_number)
            at.correct(squared(received, at.decisions.width))
        else:
            at.decide(row_number=at.issue.row_number)


def skip(sessions: Sessions, seen: Seen) -> None:
    """Leave a row, or all rows of a duplicate group, out of the final contacts, with all their issues."""
    with _deciding(sessions, seen, Action.SKIP) as at:
        about_group = at.issue.type == IssueType.DUPLICATE_EMAIL
        at.decide(row_number=None if about_group else at.issue.row_number)


@dataclass(frozen=True)
class _Deciding:
    """An issue that somebody is about to settle in some way, within a transaction."""

    session: Session
    decisions: Decisions
    issue: Issue
    action: Action

    def members(self) -> list[int]:
        return groups.members(self.session, self.issue.job_id, [self.issue.key])[self.issue.key]

    def decide(self, *, row_number: int | None, cells: Sequence[str] | None = None) -> None:
        issue = OpenIssue(self.issue.id, self.issue.type, self.issue.key, self.issue.row_number)
        self.decisions.make([Answer(issue, self.action, row_number, cells)])

    def correct(self, cells: Sequence[str]) -> None:
        (before,) = rows.current(self.session, self.issue.job_id, [self.issue.row_number])
        refused = self.decisions.refusal(IssueType(self.issue.type), before.data_json, cells)
        if refused:
            raise InvalidDecision(refused)
        self.decide(row_number=self.issue.row_number, cells=cells)


@contextmanager
def _deciding(sessions: Sessions, seen: Seen, action: Action) -> Iterator[_Deciding]:
    with traces.span(f"deciding.{action.lower()}"), sessions.begin() as session:
        job = permitted(session, seen.user_id, seen.job_id, Permission.RESOLVE, lock=True)
        issue = issues.find(session, seen.job_id, seen.issue_id)
        if issue is None:
            raise NotFound("There is no such issue in this upload.")
        if job.status != JobStatus.NEEDS_REVIEW:
            raise Conflict("This upload is not in review. Look again where it stands.")
        if issue.status != "OPEN" or issue.version != seen.version:
            raise Conflict(_what_changed(session, issue))
        if action not in KINDS[IssueType(issue.type)].actions:
            raise InvalidDecision("This kind of issue cannot be settled in that way.")
        yield _Deciding(session, Decisions(session, job, seen.user_id), issue, action)
    logger.info(
        "decision_made", job_id=seen.job_id, user_id=seen.user_id, action=str(action), issue=str(issue.type)
    )


def _what_changed(session: Session, issue: Issue) -> str:
    if issue.resolution_id is None:
        return "The rows of this issue changed since you looked at it. Look at them again, then decide."
    resolution, name = resolutions.get(session, issue.resolution_id)
    done = _DONE[Action(resolution.action)].format(row=resolution.row_number)
    return f"{name} was faster and {done}. Your decision was not stored."
