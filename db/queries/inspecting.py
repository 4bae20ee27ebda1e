"""What is asked from outside the product only: lists by what one looks for, and sums over a job's cells."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Text, any_, column, exists, false, func, select, text
from sqlalchemy.orm import Session

from db.arrays import numbers
from db.models import CURRENT_ROWS, Job, RawRow, User
from db.queries.jobs import IS_THERE
from db.queries.outcomes import KEPT, Place
from db.queries.people import full_name, name_of_decider


def give_up_after(session: Session, *, timeout_ms: int) -> None:
    """Have each statement of this transaction given up that takes longer."""
    session.execute(text("SELECT set_config('statement_timeout', :limit, true)"), {"limit": str(timeout_ms)})


class ListedJob(NamedTuple):
    """A job and whose it is."""

    job: Job
    owner: str
    owner_email: str


@dataclass(frozen=True)
class JobFilter:
    """Which jobs; None and blank mean any."""

    status: str | None = None
    search: str = ""
    """Part of the file's name."""
    owner_email: str | None = None


def jobs(session: Session, which: JobFilter, *, before: int | None, limit: int) -> list[ListedJob]:
    """Everybody's jobs that are there, newest first, those with a smaller id than `before`."""
    query = select(Job, name_of_decider(), User.email).join(User, User.id == Job.user_id).where(IS_THERE)
    if before is not None:
        query = query.where(Job.id < before)
    if which.status is not None:
        query = query.where(Job.status == which.status)
    if which.search:
        query = query.where(Job.original_filename.icontains(which.search, autoescape=True))
    if which.owner_email is not None:
        query = query.where(User.email == which.owner_email)
    found = session.execute(query.order_by(Job.id.desc()).limit(limit))
    return [ListedJob(*row) for row in found]


class ListedRow(NamedTuple):
    """A row, as received or as it now reads."""

    row_number: int
    data_json: list[str]
    is_valid: bool
    is_skipped: bool


@dataclass(frozen=True)
class RowFilter:
    """Which rows; None and empty mean any."""

    is_valid: bool | None = None
    is_skipped: bool | None = None
    numbers: Collection[int] = ()
    search: str = ""
    """Part of any cell."""


def rows(
    session: Session, job_id: int, which: RowFilter, *, received: bool, after: int, limit: int
) -> list[ListedRow]:
    """Rows with a number above `after`, in file order; as received, or as they now read."""
    at = RawRow.__table__.c if received else CURRENT_ROWS.c
    skipped: ColumnElement[bool] = false() if received else at.is_skipped
    query = select(at.row_number, at.data_json, at.is_valid, skipped).where(at.job_id == job_id)
    query = query.where(at.row_number > after)
    if which.is_valid is not None:
        query = query.where(at.is_valid == which.is_valid)
    if which.is_skipped is not None:
        query = query.where(skipped if which.is_skipped else ~skipped)
    if which.numbers:
        query = query.where(at.row_number == any_(numbers(which.numbers)))
    if which.search:
        cell = func.jsonb_array_elements_text(at.data_json).table_valued(column("value", Text()))
        query = query.where(exists().where(cell.c.value.icontains(which.search, autoescape=True)))
    found = session.execute(query.order_by(at.row_number).limit(limit))
    return [ListedRow(*row) for row in found]


class Member(NamedTuple):
    """A row that shares its e-mail with others."""

    email: str
    row_number: int
    group_size: int
    issue_id: int | None
    """None: nobody was asked about the group."""
    is_open: bool
    is_kept: bool | None
    """Whether its contact comes from this row; None while that is open."""
    action: str | None
    decided_by: str | None
    data_json: list[str]


class Asked(StrEnum):
    """Whether somebody is asked about a group."""

    OPEN = "open"
    SETTLED = "settled"
    NEVER = "not asked"
    """Its rows are one person: the first one is kept."""


_STANDING = f"""CASE WHEN issue.status = 'OPEN' THEN '{Asked.OPEN}'
                     WHEN issue.status = 'RESOLVED' THEN '{Asked.SETTLED}' ELSE '{Asked.NEVER}' END"""


def members(
    session: Session,
    job_id: int,
    *,
    standing: Asked | None,
    search: str,
    row_numbers: Collection[int],
    after: Place,
    limit: int,
) -> list[Member]:
    """Members of duplicate groups in the order of their e-mails; `search` is part of one, in lower case.

    With `row_numbers` only the groups to which one of these rows belongs.
    """
    found = session.execute(
        text(f"""
        WITH page AS MATERIALIZED (
            SELECT member.email, member.row_number, issue.id AS issue, {_STANDING} AS standing
              FROM issue_rows member
              LEFT JOIN issues issue
                ON issue.job_id = :job AND issue.type = 'DUPLICATE_EMAIL' AND issue.key = member.email
             WHERE member.job_id = :job AND (member.email, member.row_number) > (:email, :row)
               AND strpos(member.email, :search) > 0
               AND (CAST(:standing AS text) IS NULL OR {_STANDING} = :standing)
               AND (NOT :some OR member.email IN (
                    SELECT email FROM issue_rows WHERE job_id = :job AND row_number = ANY(:rows)))
             ORDER BY member.email, member.row_number LIMIT :limit
        )
        SELECT member.email, member.row_number,
               (SELECT count(*) FROM issue_rows other
                 WHERE other.job_id = :job AND other.email = member.email),
               member.issue, member.standing = '{Asked.OPEN}',
               CASE WHEN member.standing <> '{Asked.OPEN}'
                    THEN row.is_valid AND coalesce(kept.row_number = member.row_number, false) END,
               decision.action, {full_name()}, row.data_json
          FROM page member {KEPT}
          JOIN current_rows row ON row.job_id = :job AND row.row_number = member.row_number
          LEFT JOIN issues asked ON asked.id = member.issue
          LEFT JOIN issue_resolutions decision ON decision.id = asked.resolution_id
          LEFT JOIN users ON users.id = decision.decided_by
         ORDER BY member.email, member.row_number
        """),
        {
            "job": job_id,
            "standing": standing,
            "search": search,
            "some": bool(row_numbers),
            "rows": list(row_numbers),
            "email": after[0],
            "row": after[1],
            "limit": limit,
        },
    )
    return [Member(*row) for row in found]


def group_sizes(session: Session, job_id: int) -> list[tuple[int, str, int]]:
    """Of duplicate groups: how many rows, whether somebody is asked (`Asked`), and how many such groups."""
    found = session.execute(
        text(f"""
        SELECT grouped.rows, {_STANDING} AS standing, count(*)
          FROM (SELECT email, count(*) AS rows FROM issue_rows WHERE job_id = :job GROUP BY email) grouped
          LEFT JOIN issues issue
            ON issue.job_id = :job AND issue.type = 'DUPLICATE_EMAIL' AND issue.key = grouped.email
         GROUP BY 1, 2 ORDER BY 1, 2
        """),
        {"job": job_id},
    )
    return [(rows, standing, groups) for rows, standing, groups in found]


class Stage(StrEnum):
    """Of what cells are counted."""

    RECEIVED = "received"
    ROWS = "rows"
    """As they now read, without those left out."""
    CONTACTS = "contacts"
    """A contact's own fields come first: e-mail, first name, last name, company."""


class Filled(NamedTuple):
    """What stands in a column, blank cells apart."""

    place: int
    """0-based."""
    cells: int
    distinct: int
    longest: int
    """Characters."""


_LINES = {
    Stage.RECEIVED: "SELECT data_json AS cells, is_valid FROM raw_rows WHERE job_id = :job",
    Stage.ROWS: "SELECT data_json, is_valid FROM current_rows WHERE job_id = :job AND NOT is_skipped",
    Stage.CONTACTS: "SELECT jsonb_build_array(email, first_name, last_name, company) || other_json, true"
    " FROM final_contacts WHERE job_id = :job",
}


def count_lines(session: Session, job_id: int, stage: Stage) -> tuple[int, int]:
    """How many rows or contacts, and how many of them have a usable e-mail."""
    lines = f"WITH lines (cells, is_valid) AS ({_LINES[stage]})"
    query = text(f"{lines} SELECT count(*), count(*) FILTER (WHERE is_valid) FROM lines")
    total, valid = session.execute(query, {"job": job_id}).one()
    return total, valid


def filled(session: Session, job_id: int, stage: Stage, *, blanks: str, width: int) -> Sequence[Filled]:
    """What stands in each of the first `width` columns that has anything; `blanks` are trimmed from cells."""
    found = session.execute(
        text(f"""
        WITH lines (cells, is_valid) AS ({_LINES[stage]}),
        trimmed AS (
            SELECT place, btrim(value, :blanks) AS value
              FROM lines CROSS JOIN jsonb_array_elements_text(cells) WITH ORDINALITY cell (value, place)
             WHERE place <= :width
        )
        SELECT place - 1, count(*), count(DISTINCT value), max(char_length(value))
          FROM trimmed WHERE value <> '' GROUP BY place ORDER BY place
        """),
        {"job": job_id, "blanks": blanks, "width": width},
    )
    return [Filled(*row) for row in found]
