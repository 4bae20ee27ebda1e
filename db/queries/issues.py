"""Issues as people look at them."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Text,
    any_,
    cast,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from db.arrays import numbers
from db.models import CURRENT_ROWS, Issue, IssueResolution, IssueRow, User
from db.queries.groups import DUPLICATE_EMAIL
from db.queries.people import name_of_decider


class ListedIssue(NamedTuple):
    """An issue in a list, with the row it is about as that now reads (a group's first row)."""

    issue: Issue
    data_json: list[str] | None
    decided_by: str | None
    position: "Position"


class Order(StrEnum):
    """In which order issues are listed: by row within each."""

    ROW = "row"
    TYPE = "type"
    SIZE = "size"
    """The largest groups first."""


@dataclass(frozen=True)
class Filter:
    """Some of a job's issues."""

    status: str | None = "OPEN"
    """None means any."""
    types: Collection[str] = ()
    """None means all."""
    search: str = ""
    """Part of what stands in the columns of a row that the issue is about, or of a group's e-mail."""
    columns: Collection[int] = ()
    """Where is searched."""
    ids: Collection[int] = ()
    """None means all."""
    row_numbers: Collection[int] = ()
    """Those about these rows, groups to which one belongs among them; none means all."""
    decided_by: int | None = None
    """A user's id: what their decisions settled. None means any."""


Position = tuple[str | int, ...]
"""Where in an order an issue stands."""


def page(
    session: Session,
    job_id: int,
    which: Filter,
    *,
    order: Order = Order.ROW,
    after: Position | None,
    limit: int,
) -> list[ListedIssue]:
    """Issues in an order, those after a position."""
    row, who, place = CURRENT_ROWS.c, name_of_decider(), _place(order)
    named = [value.label(f"place_{number}") for number, value in enumerate(place)]
    on_page = select(Issue.id, *named).where(*conditions(job_id, which)).order_by(*place).limit(limit)
    if after is not None:
        on_page = on_page.where(tuple_(*place) > after)
    # Joined to the page only: the other way round all issues are joined and sorted for it.
    found = on_page.subquery("found")
    at = [found.c[value.name] for value in named]
    query = (
        select(Issue, row.data_json, who, *at)
        .join(found, found.c.id == Issue.id)
        .outerjoin(CURRENT_ROWS, (row.job_id == Issue.job_id) & (row.row_number == Issue.row_number))
        .outerjoin(IssueResolution, IssueResolution.id == Issue.resolution_id)
        .outerjoin(User, User.id == IssueResolution.decided_by)
        .order_by(*at)
    )
    return [
        ListedIssue(issue, data, decided_by, tuple(place))
        for issue, data, decided_by, *place in session.execute(query)
    ]


def count(session: Session, job_id: int, which: Filter) -> int:
    """How many issues."""
    query = select(func.count()).select_from(Issue).where(*conditions(job_id, which))
    return session.execute(query).scalar_one()


def counts(session: Session, job_id: int) -> dict[tuple[str, str], int]:
    """How many issues of each (type, status)."""
    query = select(Issue.type, Issue.status, func.count()).where(Issue.job_id == job_id)
    return {
        (kind, status): count for kind, status, count in session.execute(query.group_by("type", "status"))
    }


class Standing(NamedTuple):
    """How many issues of a type stand alike."""

    type: str
    action: str | None
    """What settled them; None while they are open."""
    is_consequence: bool
    """Whether that was decided about something else."""
    decided_by: int | None
    """A user's id."""
    name: str | None
    """That user's name."""
    issues: int


def standings(session: Session, job_id: int) -> list[Standing]:
    """How the job's issues stand, by type, decision and person."""
    caused, by, name = IssueResolution.caused_by.is_not(None), IssueResolution.decided_by, name_of_decider()
    query = (
        select(Issue.type, IssueResolution.action, caused, by, name, func.count())
        .outerjoin(IssueResolution, IssueResolution.id == Issue.resolution_id)
        .outerjoin(User, User.id == by)
        .where(Issue.job_id == job_id)
        .group_by(Issue.type, IssueResolution.action, caused, by, name)
    )
    return [Standing(*row) for row in session.execute(query)]


def find(session: Session, job_id: int, issue_id: int) -> Issue | None:
    """An issue of the job."""
    return session.scalars(select(Issue).where(Issue.job_id == job_id, Issue.id == issue_id)).first()


def of_decision(session: Session, job_id: int, resolution_id: int) -> int | None:
    """The id of the issue that an entry of the log is about."""
    entry = IssueResolution
    about = (Issue.type == entry.issue_type) & (
        Issue.key == func.coalesce(entry.email, cast(entry.row_number, Text))
    )
    query = select(Issue.id).join(entry, (entry.job_id == Issue.job_id) & about)
    return session.scalar(query.where(Issue.job_id == job_id, entry.id == resolution_id))


def is_any_open(session: Session, job_id: int) -> bool:
    """Whether an issue of the job is open."""
    return bool(session.scalar(select(exists().where(Issue.job_id == job_id, Issue.status == "OPEN"))))


def conditions(job_id: int, which: Filter) -> list[ColumnElement[bool]]:
    """What a filter asks of a job's issues."""
    asked: list[ColumnElement[bool]] = [Issue.job_id == job_id]
    if which.status is not None:
        asked.append(Issue.status == which.status)
    if which.types:
        asked.append(or_(*(Issue.type == kind for kind in which.types)))
    if which.ids:
        asked.append(Issue.id == any_(numbers(which.ids)))
    if which.row_numbers:
        asked.append(_is_about(job_id, which.row_numbers))
    if which.decided_by is not None:
        theirs = select(IssueResolution.id).where(
            IssueResolution.job_id == job_id, IssueResolution.decided_by == which.decided_by
        )
        asked.append(Issue.resolution_id.in_(theirs))
    if which.search:
        asked.append(_holds(job_id, which.search, which.columns))
    return asked


def _place(order: Order) -> list[ColumnElement[Any]]:
    by_row: list[ColumnElement[Any]] = [Issue.row_number.expression, Issue.id.expression]
    match order:
        case Order.ROW:
            return by_row
        case Order.TYPE:
            return [Issue.type.expression, *by_row]
        case Order.SIZE:
            return [-func.coalesce(Issue.payload_json["rows"].as_integer(), 1), *by_row]


def _is_about(job_id: int, row_numbers: Collection[int]) -> ColumnElement[bool]:
    groups = select(IssueRow.email).where(
        IssueRow.job_id == job_id, IssueRow.row_number == any_(numbers(row_numbers))
    )
    is_group = Issue.type == DUPLICATE_EMAIL
    return or_(is_group & Issue.key.in_(groups), ~is_group & (Issue.row_number == any_(numbers(row_numbers))))


def _holds(job_id: int, search: str, columns: Collection[int]) -> ColumnElement[bool]:
    # Not correlated: the rows are read once, not once for each issue.
    row = CURRENT_ROWS.c
    cells = func.concat_ws(" ", *(row.data_json[column].astext for column in columns))
    holds = cells.icontains(search, autoescape=True)
    found = select(row.row_number).where(row.job_id == job_id, holds).cte("found")
    row_numbers = select(found.c.row_number)
    groups = select(IssueRow.email).where(IssueRow.job_id == job_id, IssueRow.row_number.in_(row_numbers))
    is_group = Issue.type == DUPLICATE_EMAIL
    return or_(
        is_group & (Issue.key.icontains(search, autoescape=True) | Issue.key.in_(groups)),
        ~is_group & Issue.row_number.in_(row_numbers),
    )
