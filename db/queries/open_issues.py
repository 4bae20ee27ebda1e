"""Open issues and the rows that they are about, of many issues one after the other, in flat memory."""

import json
from collections.abc import Collection, Iterator
from itertools import repeat
from typing import NamedTuple

from sqlalchemy import BigInteger, Subquery, Text, cast, exists, func, literal, null, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from db.arrays import as_array
from db.models import CURRENT_ROWS, Issue, IssueRow
from db.queries.groups import DUPLICATE_EMAIL
from db.queries.issues import Filter, conditions

_ISSUES_AT_ONCE = 1_000

_NAMES = (Issue.id, Issue.type, Issue.key, Issue.row_number)
_CELLS = cast(CURRENT_ROWS.c.data_json, Text).label("cells")


class OpenIssue(NamedTuple):
    """What names an issue, and what it is about."""

    id: int | None
    """None: nobody was asked yet."""
    type: str
    key: str
    row_number: int


class Asked(NamedTuple):
    """An open issue and its rows in file order."""

    issue: OpenIssue
    row_numbers: list[int]
    cells: list[list[str]]
    """Of each row as it now reads, as wide as it is; empty where cells were not asked for."""


def about_groups(session: Session, job_id: int, which: Filter, *, with_cells: bool) -> Iterator[Asked]:
    """Of those that a filter finds the ones about groups, in file order, as they are when it begins."""
    row, cells = CURRENT_ROWS.c, _CELLS if with_cells else cast(null(), Text).label("cells")
    query = (
        select(*_NAMES, IssueRow.row_number.label("member"), cells)
        .join(IssueRow, (IssueRow.job_id == Issue.job_id) & (IssueRow.email == Issue.key))
        .where(*conditions(job_id, which))
    )
    if with_cells:
        of_member = (row.job_id == Issue.job_id) & (row.row_number == IssueRow.row_number)
        query = query.join(CURRENT_ROWS, of_member)
    return _streamed(session, query.subquery(), with_cells=with_cells)


def about_rows(session: Session, job_id: int, which: Filter) -> Iterator[Asked]:
    """Of those that a filter finds the ones about single rows, in file order, as they are when it begins."""
    row = CURRENT_ROWS.c
    query = (
        select(*_NAMES, Issue.row_number.label("member"), _CELLS)
        .join(CURRENT_ROWS, (row.job_id == Issue.job_id) & (row.row_number == Issue.row_number))
        .where(*conditions(job_id, which))
    )
    return _streamed(session, query.subquery(), with_cells=True)


def about_repeats(session: Session, job_id: int) -> Iterator[Asked]:
    """The rows of one e-mail that repeat each other and about which nobody was ever asked, in file order."""
    member, row = IssueRow, CURRENT_ROWS.c
    asked = exists().where(Issue.job_id == job_id, Issue.type == DUPLICATE_EMAIL, Issue.key == member.email)
    query = (
        select(
            cast(null(), BigInteger).label("id"),
            literal(DUPLICATE_EMAIL).label("type"),
            member.email.label("key"),
            func.min(member.row_number).over(partition_by=member.email).label("row_number"),
            member.row_number.label("member"),
            _CELLS,
        )
        .join(CURRENT_ROWS, (row.job_id == member.job_id) & (row.row_number == member.row_number))
        .where(member.job_id == job_id, ~asked)
    )
    return _streamed(session, query.subquery(), with_cells=True)


def unasked(session: Session, job_id: int, emails: Collection[str]) -> dict[str, OpenIssue]:
    """Of these e-mails those whose rows repeat each other and about which nobody was ever asked."""
    found = session.execute(
        text("""
        SELECT member.email, min(member.row_number)
          FROM issue_rows member
         WHERE member.job_id = :job AND member.email = ANY(CAST(:emails AS text[]))
           AND NOT EXISTS (SELECT FROM issues WHERE job_id = :job AND type = :type AND key = member.email)
         GROUP BY member.email
        """),
        {"job": job_id, "type": DUPLICATE_EMAIL, "emails": as_array(emails)},
    )
    return {email: OpenIssue(None, DUPLICATE_EMAIL, email, first_row) for email, first_row in found}


def with_keys(
    session: Session, job_id: int, keys: Collection[tuple[str, str]]
) -> dict[tuple[str, str], OpenIssue]:
    """Those with these (type, key)."""
    found = session.execute(
        text("""
        SELECT issues.id, issues.type, issues.key, issues.row_number
          FROM unnest(CAST(:types AS text[]), CAST(:keys AS text[])) asked (type, key)
          JOIN issues ON issues.job_id = :job AND issues.type = asked.type AND issues.key = asked.key
         WHERE issues.status = 'OPEN'
        """),
        {
            "job": job_id,
            "types": as_array(kind for kind, _ in keys),
            "keys": as_array(key for _, key in keys),
        },
    )
    return {(issue.type, issue.key): issue for issue in (OpenIssue(*row) for row in found)}


def _streamed(session: Session, joined: Subquery, *, with_cells: bool) -> Iterator[Asked]:
    """Issues that are joined to each of their rows, each with all of them."""
    each = joined.c
    place = (each.row_number, each.id)
    query = (
        select(
            *(each.id, func.min(each.type), func.min(each.key), each.row_number),
            func.array_agg(aggregate_order_by(each.member, each.member)),
            func.string_agg(each.cells, aggregate_order_by(literal(","), each.member)),
        )
        .group_by(*place)
        .order_by(*place)
    )
    # All of them will be read: Postgres plans a cursor for its first rows otherwise.
    session.execute(text("SET LOCAL cursor_tuple_fraction = 1"))
    # Past the session: rows are wanted, not objects.
    found = session.connection().execute(query, execution_options={"yield_per": _ISSUES_AT_ONCE})
    for some in found.partitions():
        # One call of the decoder for all: its beginning takes as long as a row.
        cells = json.loads(f"[[{'],['.join(row[5] for row in some)}]]") if with_cells else repeat([])
        for (issue, kind, key, row_number, row_numbers, _), of_rows in zip(some, cells, strict=False):
            yield Asked(OpenIssue(issue, kind, key, row_number), row_numbers, of_rows)
