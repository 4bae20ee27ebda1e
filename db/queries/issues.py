"""Issues, the members of duplicate groups, and the decision log."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Text,
    cast,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from db.models import CURRENT_ROWS, Issue, IssueResolution, IssueRow, RowEdit, User

GROUP = "DUPLICATE_EMAIL"


class ListedIssue(NamedTuple):
    """An issue in a list, with the row it is about as that now reads (a group's first row)."""

    issue: Issue
    data_json: list[str] | None
    decided_by: str | None


class ResolutionEntry(NamedTuple):
    """An entry of the decision log and who made it."""

    resolution: IssueResolution
    decided_by: str


class RowInTrouble(NamedTuple):
    """A row as received, with its open issues; of one that was left out with all it had."""

    row_number: int
    data_json: list[str]
    troubles: list[list[Any]]
    """Of each issue: type, detail, and of a duplicate group its size and the numbers of its first rows."""
    left_out_by: str | None
    left_out_at: dt.datetime | None


def page(
    session: Session,
    job_id: int,
    *,
    status: str | None,
    types: Collection[str],
    after: tuple[int, int] | None,
    limit: int,
) -> list[ListedIssue]:
    """Issues in file order after the given (row number, id); no types means all."""
    row, who = CURRENT_ROWS.c, _name_of_decider()
    query = (
        select(Issue, row.data_json, who)
        .outerjoin(CURRENT_ROWS, (row.job_id == Issue.job_id) & (row.row_number == Issue.row_number))
        .outerjoin(IssueResolution, IssueResolution.id == Issue.resolution_id)
        .outerjoin(User, User.id == IssueResolution.decided_by)
        .where(*_filter(job_id, status, types))
        .order_by(Issue.row_number, Issue.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(Issue.row_number, Issue.id) > after)
    return [ListedIssue(*found) for found in session.execute(query)]


def counts(session: Session, job_id: int) -> dict[tuple[str, str], int]:
    """How many issues of each (type, status)."""
    query = select(Issue.type, Issue.status, func.count()).where(Issue.job_id == job_id)
    return {
        (kind, status): count for kind, status, count in session.execute(query.group_by("type", "status"))
    }


def find(session: Session, job_id: int, issue_id: int) -> Issue | None:
    """An issue of the job."""
    return session.scalars(select(Issue).where(Issue.job_id == job_id, Issue.id == issue_id)).first()


def group_of(session: Session, job_id: int, email: str) -> Issue | None:
    """The duplicate group of an e-mail, if one was ever asked about."""
    key = (Issue.job_id == job_id) & (Issue.type == GROUP) & (Issue.key == email)
    return session.scalars(select(Issue).where(key).execution_options(populate_existing=True)).first()


def members(session: Session, job_id: int, email: str) -> list[int]:
    """The row numbers of a duplicate group, in file order."""
    query = select(IssueRow.row_number).where(IssueRow.job_id == job_id, IssueRow.email == email)
    return list(session.scalars(query.order_by(IssueRow.row_number)))


def set_members(session: Session, job_id: int, email: str, row_numbers: Iterable[int]) -> None:
    """Replace the members of a duplicate group."""
    session.execute(delete(IssueRow).where(IssueRow.job_id == job_id, IssueRow.email == email))
    values = [{"job_id": job_id, "email": email, "row_number": number} for number in row_numbers]
    if values:
        session.execute(insert(IssueRow), values)


def settle_about_rows(
    session: Session, row_numbers: Collection[int], but: Collection[str], *, cause: IssueResolution
) -> int:
    """Settle the open issues of single rows, but for those of some types, as consequences of a decision.

    Each gets an entry in the log that names its cause. Returns how many there were.
    """
    settled = session.execute(
        text("""
        WITH hit AS (
            SELECT type, row_number FROM issues
             WHERE job_id = :job AND status = 'OPEN' AND type <> 'DUPLICATE_EMAIL'
               AND row_number = ANY(:rows) AND type <> ALL(:but)
        ),
        logged AS (
            INSERT INTO issue_resolutions (job_id, action, issue_type, row_number, decided_by, caused_by)
            SELECT :job, :action, type, row_number, :by, :cause FROM hit ORDER BY row_number, type
            RETURNING id, issue_type, row_number
        )
        UPDATE issues SET status = 'RESOLVED', version = version + 1, resolution_id = logged.id
          FROM logged
         WHERE issues.job_id = :job AND issues.type = logged.issue_type
           AND issues.key = logged.row_number::text
        RETURNING 1
        """),
        {
            "job": cause.job_id,
            "rows": list(row_numbers),
            "but": [str(kind) for kind in but],
            "action": cause.action,
            "by": cause.decided_by,
            "cause": cause.id,
        },
    )
    return len(settled.all())


def settled_by_consequence(session: Session, job_id: int, resolution_id: int) -> Sequence[Issue]:
    """The issues of single rows that a decision on another issue settled."""
    consequence = IssueResolution
    query = select(Issue).join(
        consequence,
        (Issue.job_id == consequence.job_id)
        & (Issue.type == consequence.issue_type)
        & (Issue.key == cast(consequence.row_number, Text))
        & (Issue.resolution_id == consequence.id),
    )
    query = query.where(consequence.job_id == job_id, consequence.caused_by == resolution_id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def touch_about_row(session: Session, job_id: int, row_number: int) -> None:
    """Raise the version of a row's open issues: the row reads differently now."""
    about = (Issue.job_id == job_id) & (Issue.status == "OPEN") & (Issue.row_number == row_number)
    touched = update(Issue).where(about, Issue.type != GROUP).values(version=Issue.version + 1)
    session.execute(touched, execution_options={"synchronize_session": False})


def is_any_open(session: Session, job_id: int) -> bool:
    """Whether an issue of the job is open."""
    return bool(session.scalar(select(exists().where(Issue.job_id == job_id, Issue.status == "OPEN"))))


def is_any_row_in_trouble(session: Session, job_id: int) -> bool:
    """Whether `rows_in_trouble` has any."""
    left_out = select(exists().where(RowEdit.job_id == job_id, RowEdit.is_skipped))
    return is_any_open(session, job_id) or bool(session.scalar(left_out))


def rows_in_trouble(session: Session, job_id: int, *, most_rows_named: int) -> Iterator[RowInTrouble]:
    """The rows with an open issue, and the rows left out, in file order, as a stream: use up or close it."""
    # A cursor's plan is made for its first rows and for few of them; here all are wanted, of any number.
    session.execute(text("SET LOCAL cursor_tuple_fraction = 1"))
    session.execute(text("SET LOCAL enable_nestloop = off"))
    found = session.execute(
        text("""
        WITH left_out AS (
            SELECT row_number FROM row_edits WHERE job_id = :job AND is_skipped
        ),
        groups AS (
            SELECT email, count(*) AS size,
                   (array_agg(row_number ORDER BY row_number))[1 : CAST(:named AS integer)] AS first_rows
              FROM issue_rows WHERE job_id = :job GROUP BY email
        ),
        trouble AS (
            SELECT row_number, status,
                   jsonb_build_array(type, payload_json -> 'detail') AS said
              FROM issues WHERE job_id = :job AND type <> 'DUPLICATE_EMAIL'
             UNION ALL
            SELECT member.row_number, issue.status,
                   jsonb_build_array(
                       issue.type, issue.payload_json -> 'detail', groups.size, groups.first_rows
                   )
              FROM issues issue
              JOIN issue_rows member ON member.job_id = issue.job_id AND member.email = issue.key
              JOIN groups ON groups.email = issue.key
             WHERE issue.job_id = :job AND issue.type = 'DUPLICATE_EMAIL'
        ),
        troubled AS (
            SELECT trouble.row_number, jsonb_agg(said) AS troubles
              FROM trouble LEFT JOIN left_out USING (row_number)
             WHERE trouble.status = 'OPEN' OR left_out.row_number IS NOT NULL
             GROUP BY trouble.row_number
        ),
        skip AS (
            SELECT coalesce(entry.row_number, member.row_number) AS row_number, max(entry.id) AS id
              FROM issue_resolutions entry
              LEFT JOIN issue_rows member
                ON member.job_id = entry.job_id AND member.email = entry.email AND entry.row_number IS NULL
             WHERE entry.job_id = :job AND entry.action = 'skip'
             GROUP BY 1
        )
        SELECT raw.row_number, raw.data_json, coalesce(troubles, '[]'),
               CASE WHEN left_out.row_number IS NOT NULL
                    THEN btrim(users.first_name || ' ' || users.last_name) END,
               entry.decided_at
          FROM left_out
          FULL JOIN troubled USING (row_number)
          JOIN raw_rows raw
            ON raw.job_id = :job AND raw.row_number = coalesce(left_out.row_number, troubled.row_number)
          LEFT JOIN skip ON skip.row_number = left_out.row_number
          LEFT JOIN issue_resolutions entry ON entry.id = skip.id
          LEFT JOIN users ON users.id = entry.decided_by
         ORDER BY raw.row_number
        """),
        {"job": job_id, "named": most_rows_named},
        execution_options={"yield_per": 1000},
    )
    return (RowInTrouble(*row) for row in found)


def add(session: Session, issue: Issue) -> None:
    """Insert an issue."""
    session.add(issue)
    session.flush()


def record(session: Session, resolution: IssueResolution) -> IssueResolution:
    """Append a decision to the log."""
    session.add(resolution)
    session.flush()
    return resolution


def last_resolution_id(session: Session, job_id: int) -> int | None:
    """The newest entry of a job's log."""
    return session.scalar(select(func.max(IssueResolution.id)).where(IssueResolution.job_id == job_id))


def log(session: Session, job_id: int, *, limit: int) -> list[ResolutionEntry]:
    """The newest decisions of a job that a person made, consequences left out, newest first."""
    query = (
        select(IssueResolution, _name_of_decider())
        .join(User, User.id == IssueResolution.decided_by)
        .where(IssueResolution.job_id == job_id, IssueResolution.caused_by.is_(None))
        .order_by(IssueResolution.id.desc())
        .limit(limit)
    )
    return [ResolutionEntry(*found) for found in session.execute(query)]


def decider(session: Session, resolution_id: int) -> ResolutionEntry:
    """An entry of the log with the name of whoever made it."""
    query = select(IssueResolution, _name_of_decider()).join(User, User.id == IssueResolution.decided_by)
    return ResolutionEntry(*session.execute(query.where(IssueResolution.id == resolution_id)).one())


def change(session: Session, issue_ids: Collection[int], *, status: str, resolution_id: int | None) -> int:
    """Settle or reopen issues; returns how many. Whoever has one of them on screen sees that it changed."""
    changed = session.execute(
        update(Issue)
        .where(Issue.id.in_(issue_ids))
        .values(status=status, resolution_id=resolution_id, version=Issue.version + 1)
        .returning(Issue.id),
        execution_options={"synchronize_session": False},
    )
    return len(changed.all())


def describe(session: Session, issue_id: int, detail: str, row_numbers: Sequence[int]) -> None:
    """Have a group say which rows it is about now."""
    values: dict[str, object] = {"payload_json": {"detail": detail}}
    if row_numbers:
        values["row_number"] = row_numbers[0]
    session.execute(
        update(Issue).where(Issue.id == issue_id).values(**values),
        execution_options={"synchronize_session": False},
    )


def touch(session: Session, issue_id: int) -> None:
    """Raise an issue's version: what it is about reads differently now."""
    session.execute(
        update(Issue).where(Issue.id == issue_id).values(version=Issue.version + 1),
        execution_options={"synchronize_session": False},
    )


def _filter(job_id: int, status: str | None, types: Collection[str]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Issue.job_id == job_id]
    if status is not None:
        conditions.append(Issue.status == status)
    if types:
        conditions.append(or_(*(Issue.type == kind for kind in types)))
    return conditions


def _name_of_decider() -> ColumnElement[str]:
    return func.btrim(User.first_name + " " + User.last_name)
