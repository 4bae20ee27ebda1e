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
from db.queries import issues, rows
from ingestion.decision import Decision
from ingestion.errors import Conflict, InvalidDecision, NotFound
from ingestion.rules.issues import ACTIONS, Action, IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.validation import squared
from ingestion.uploads import owned

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
    with _deciding(sessions, seen, Action.CHOOSE) as decision:
        members = decision.members()
        if row_number not in members:
            raise InvalidDecision(f"Row {row_number} is not one of this group.")
        decision.record(row_number=row_number)
        decision.settle_rows(number for number in members if number != row_number)


def merge(sessions: Sessions, seen: Seen, *, cells: Sequence[str]) -> None:
    """Let a record made of a duplicate group survive: `cells` are all its columns, in file order."""
    with _deciding(sessions, seen, Action.MERGE) as decision:
        record = decision.whole_row(cells)
        record[decision.columns.email] = decision.issue.key
        members = decision.members()
        decision.record(row_number=members[0], cells=record)
        decision.settle_rows(members)


def edit(sessions: Sessions, seen: Seen, *, cells: Sequence[str]) -> None:
    """Correct a row: `cells` are all its columns, in file order. Checked like an upload.

    Raises InvalidDecision with the reason when the new values do not settle the issue.
    """
    with _deciding(sessions, seen, Action.EDIT) as decision:
        record = decision.whole_row(cells)
        decision.record(row_number=decision.issue.row_number, cells=record)
        decision.put_over(record, settles=IssueType(decision.issue.type))


def accept(sessions: Sessions, seen: Seen) -> None:
    """Keep a blank field blank, or a broken row as it is shown: filled up with blanks, or cut at the header.

    Raises InvalidDecision when a broken row has no usable e-mail as it is shown.
    """
    with _deciding(sessions, seen, Action.ACCEPT) as decision:
        if decision.issue.type == IssueType.MALFORMED_ROW:
            received = rows.raw(decision.session, seen.job_id, decision.issue.row_number)
            record = squared(received, len(decision.job.columns))
            decision.record(row_number=decision.issue.row_number, cells=record)
            decision.put_over(record, settles=IssueType.MALFORMED_ROW)
        else:
            decision.record(row_number=decision.issue.row_number)


def skip(sessions: Sessions, seen: Seen) -> None:
    """Leave a row, or all rows of a duplicate group, out of the final contacts, with all their issues."""
    with _deciding(sessions, seen, Action.SKIP) as decision:
        if decision.issue.type == IssueType.DUPLICATE_EMAIL:
            decision.record()
            decision.leave_out(decision.members())
        else:
            decision.record(row_number=decision.issue.row_number)
            decision.leave_out([decision.issue.row_number])


@contextmanager
def _deciding(sessions: Sessions, seen: Seen, action: Action) -> Iterator[Decision]:
    with sessions.begin() as session:
        job = owned(session, seen.user_id, seen.job_id, lock=True)
        issue = issues.find(session, seen.job_id, seen.issue_id)
        if issue is None:
            raise NotFound("There is no such issue in this upload.")
        if job.status != JobStatus.NEEDS_REVIEW:
            raise Conflict("This upload is not in review. Reload the page to see where it stands.")
        if issue.status != "OPEN" or issue.version != seen.version:
            raise Conflict(_what_changed(session, issue))
        if action not in ACTIONS[IssueType(issue.type)]:
            raise InvalidDecision("This kind of issue cannot be settled in that way.")
        decision = Decision(session, job, issue, seen.user_id, action)
        yield decision
        decision.update_counters()


def _what_changed(session: Session, issue: Issue) -> str:
    if issue.resolution_id is None:
        return "The rows of this issue changed since you looked at it. Look at them again, then decide."
    resolution, name = issues.decider(session, issue.resolution_id)
    done = _DONE[Action(resolution.action)].format(row=resolution.row_number)
    return f"{name} was faster and {done}. Your decision was not stored."
