"""Open issues and the rows that they are about, of many issues one after the other, in flat memory."""

import json
from collections.abc import Collection, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, cast, null, select, text
from sqlalchemy.orm import Session

from db.arrays import as_array
from db.models import CURRENT_ROWS, Issue, IssueRow
from db.queries.issues import Filter, conditions

_ROWS_AT_ONCE = 2_000


class OpenIssue(NamedTuple):
    """What names an issue, and what it is about."""

    id: int
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
    member = IssueRow.row_number.expression
    cells = cast(CURRENT_ROWS.c.data_json, Text) if with_cells else null()
    of_group = (IssueRow.job_id == Issue.job_id) & (IssueRow.email == Issue.key)
    query = select(Issue.id, Issue.type, Issue.key, Issue.row_number, member, cells).join(IssueRow, of_group)
    if with_cells:
        row = CURRENT_ROWS.c
        query = query.join(CURRENT_ROWS, (row.job_id == Issue.job_id) & (row.row_number == member))
    query = query.where(*conditions(job_id, which)).order_by(Issue.row_number, Issue.id, member)
    return _streamed(session, query, with_cells=with_cells)


def about_rows(session: Session, job_id: int, which: Filter) -> Iterator[Asked]:
    """Of those that a filter finds the ones about single rows, in file order, as they are when it begins."""
    row = CURRENT_ROWS.c
    query = (
        select(
            *(Issue.id, Issue.type, Issue.key, Issue.row_number),
            *(Issue.row_number.expression, cast(row.data_json, Text)),
        )
        .join(CURRENT_ROWS, (row.job_id == Issue.job_id) & (row.row_number == Issue.row_number))
        .where(*conditions(job_id, which))
        .order_by(Issue.row_number, Issue.id)
    )
    return _streamed(session, query, with_cells=True)


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


def _streamed(session: Session, query: Select[*tuple[Any, ...]], *, with_cells: bool) -> Iterator[Asked]:
    rows = _rows(session, query, with_cells=with_cells)
    for _, of_issue in groupby(rows, key=itemgetter(0)):
        listed = list(of_issue)
        yield Asked(
            OpenIssue(*listed[0][:4]),
            [row[4] for row in listed],
            [row[5] for row in listed] if with_cells else [],
        )


def _rows(
    session: Session, query: Select[*tuple[Any, ...]], *, with_cells: bool
) -> Iterator[tuple[Any, ...]]:
    # All of them will be read: Postgres plans a cursor for its first rows otherwise.
    session.execute(text("SET LOCAL cursor_tuple_fraction = 1"))
    found = session.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE})
    for some in found.partitions():
        if with_cells:
            # One call of the decoder for all: its beginning takes as long as a row.
            decoded = json.loads(f"[{','.join(row[5] for row in some)}]")
            yield from ((*row[:5], cells) for row, cells in zip(some, decoded, strict=True))
        else:
            yield from some
