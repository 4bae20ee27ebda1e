"""What becomes, or became, of each row of an upload: the lists behind its balance."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Job
from db.queries import outcomes
from db.queries.outcomes import Compared, Page, Place, Row
from ingestion.access import permitted
from ingestion.export import contacts_layout
from ingestion.rules.cells import BLANKS, clean
from ingestion.rules.issues import Action, IssueType
from ingestion.rules.permissions import Permission
from ingestion.viewing import upload_of


class Outcome(StrEnum):
    """What a row becomes. Each is a list, as long as its number in the balance."""

    CONTACT = "contact"
    LEFT_OUT = "left_out"
    SETTLED = "settled"
    REPEAT = "repeat"


@dataclass(frozen=True)
class Became:
    """What became of a row, and why. Times are in UTC."""

    row_number: int
    email: str
    name: str
    company: str
    action: Action | None
    """The decision that it owes this to; None where nobody was asked."""
    issue: IssueType | None
    """What that was about."""
    by: str
    at: dt.datetime | None
    kept_row: int | None
    """The row that became the contact in its place."""
    differing: tuple[str, ...]
    """Of a repeat the columns in which it says something that is in no contact."""
    place: Place
    """What the next page begins after."""


def listed(
    sessions: Sessions,
    user_id: int,
    job_id: int,
    outcome: Outcome,
    *,
    after: Place | None = None,
    search: str = "",
    limit: int,
) -> list[Became]:
    """A page of the rows with an outcome, as it stands now; `search` is part of an e-mail. Raises NotFound.

    Contacts and rows left out come in file order, those that another row replaces in that of their e-mails.
    """
    page = Page(after or ("", 0), limit, search.strip().lower())
    with sessions() as session:
        job = permitted(session, user_id, job_id, Permission.VIEW)
        if not job.processed_at:
            return []
        found = _query(job, outcome)(session, job_id, page)
    in_order_of_email = outcome in {Outcome.SETTLED, Outcome.REPEAT}
    return [_became(job, row, in_order_of_email=in_order_of_email) for row in found]


def differing(sessions: Sessions, user_id: int, job_id: int) -> int:
    """How many repeats say something in other columns that no contact will have. Raises NotFound."""
    with sessions() as session:
        job = permitted(session, user_id, job_id, Permission.VIEW)
        return outcomes.count_differing(session, job_id, compared(job)) if job.processed_at else 0


def compared(job: Job) -> Compared:
    """In what a job's repeats are compared with their contacts: columns that are none of a contact's own."""
    return Compared(contacts_layout(job).others, BLANKS)


def _query(job: Job, outcome: Outcome) -> Callable[[Session, int, Page], list[Row]]:
    match outcome:
        case Outcome.CONTACT:
            return outcomes.contacts
        case Outcome.LEFT_OUT:
            return partial(outcomes.left_out, email=contacts_layout(job).email)
        case Outcome.SETTLED:
            return outcomes.settled
        case Outcome.REPEAT:
            return partial(outcomes.repeats, compared=compared(job))


def _became(job: Job, row: Row, *, in_order_of_email: bool) -> Became:
    columns = upload_of(job).contact_columns
    assert columns is not None, "it was processed"
    first_name, last_name, company = (
        "" if at is None else clean("".join(row.data_json[at : at + 1]))
        for at in (columns.first_name, columns.last_name, columns.company)
    )
    return Became(
        row.row_number,
        row.email or "",
        f"{first_name} {last_name}".strip(),
        company,
        Action(row.action) if row.action else None,
        IssueType(row.issue_type) if row.issue_type else None,
        row.decided_by or "",
        row.decided_at,
        row.kept_row,
        tuple(job.columns[at] for at in row.differing),
        (row.email or "" if in_order_of_email else "", row.row_number),
    )
