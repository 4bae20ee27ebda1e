"""Raw rows, and rows as decisions now have them read."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import ColumnElement, any_, delete, exists, or_, select, text
from sqlalchemy.orm import Session

from db.arrays import as_array, numbers, texts
from db.copying import copy_out_lines, lines_copied
from db.models import CURRENT_ROWS, FinalContact, Issue, IssueRow, RawRow, RowEdit
from db.queries import images

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class CurrentRow(NamedTuple):
    """A row as it now reads."""

    row_number: int
    data_json: list[str]
    normalized_email: str | None
    is_valid: bool
    is_skipped: bool


class PutOver(NamedTuple):
    """What a decision puts over a row."""

    resolution_id: int
    row_number: int
    cells: Sequence[str]
    normalized_email: str | None


_ANALYZED = {
    "raw_rows": "job_id, row_number, normalized_email, is_valid",
    "issues": "job_id, type, key, row_number, status",
    "issue_rows": "job_id, email, row_number",
}


def _rows(session: Session, *conditions: ColumnElement[bool]) -> list[CurrentRow]:
    view = CURRENT_ROWS.c
    query = select(view.row_number, view.data_json, view.normalized_email, view.is_valid, view.is_skipped)
    return [CurrentRow(*row) for row in session.execute(query.where(*conditions).order_by(view.row_number))]


def current(session: Session, job_id: int, row_numbers: Collection[int]) -> list[CurrentRow]:
    """The rows with these numbers, in their order in the file."""
    view = CURRENT_ROWS.c
    return _rows(session, view.job_id == job_id, view.row_number == any_(numbers(row_numbers)))


def valid_with_emails(session: Session, job_id: int, emails: Collection[str]) -> dict[str, list[CurrentRow]]:
    """Of each normalized e-mail the valid rows that now have it. Reads all rows: they have no such index."""
    view = CURRENT_ROWS.c
    among = view.normalized_email == any_(texts(emails))
    found: dict[str, list[CurrentRow]] = {email: [] for email in emails}
    for row in _rows(session, view.job_id == job_id, among, view.is_valid):
        found[row.normalized_email or ""].append(row)
    return found


def values_at_domain(
    session: Session, job_id: int, domain: str, column: int, between: tuple[int, int], *, limit: int = 3
) -> list[tuple[str, int, int]]:
    """What stands most often in a column of valid rows whose e-mails have this domain, blanks apart.

    Looks at rows between two numbers, both included. Of each value how many of them have it, and the first
    one's number.
    """
    first, last = between
    # Both tables of `current_rows` are cut: behind the view all of a job's edits would be read for it.
    found = session.execute(
        text("""
        WITH received AS (
            SELECT * FROM raw_rows WHERE job_id = :job AND row_number BETWEEN :first AND :last
        ),
        edits AS (
            SELECT * FROM row_edits WHERE job_id = :job AND row_number BETWEEN :first AND :last
        ),
        looked_at AS (
            SELECT row_number, coalesce(edit.data_json, raw.data_json) ->> :column AS value
              FROM received raw LEFT JOIN edits edit USING (row_number)
             WHERE right(CASE WHEN edit.job_id IS NULL THEN raw.normalized_email
                              ELSE edit.normalized_email END, :length) = :domain
        )
        SELECT value, count(*) AS rows, min(row_number)
          FROM looked_at WHERE btrim(value) <> ''
         GROUP BY value ORDER BY rows DESC, min(row_number) LIMIT :limit
        """),
        {
            "job": job_id,
            "first": first,
            "last": last,
            "column": column,
            "length": len(domain) + 1,
            "domain": f"@{domain}",
            "limit": limit,
        },
    )
    return [(value, count, first) for value, count, first in found]


def is_any_outside(session: Session, job_id: int, between: tuple[int, int]) -> bool:
    """Whether the job has a row before or after these two."""
    here, (first, last) = RawRow.job_id == job_id, between
    before, after = (
        exists().where(here, RawRow.row_number < first),
        exists().where(here, RawRow.row_number > last),
    )
    return bool(session.scalar(select(or_(before, after))))


def raw(session: Session, job_id: int, row_number: int) -> list[str]:
    """A row's cells as received."""
    return session.get_one(RawRow, (job_id, row_number)).data_json


def put_over(session: Session, job_id: int, values: Collection[PutOver]) -> None:
    """Have rows read differently from now on; one is valid if it has a normalized e-mail."""
    session.execute(
        text("""
        INSERT INTO row_edits
               (job_id, row_number, data_json, normalized_email, is_valid, is_skipped, resolution_id)
        SELECT :job, row_number, cells::jsonb, email, email IS NOT NULL, false, resolution_id
          FROM unnest(CAST(:decisions AS bigint[]), CAST(:rows AS bigint[]), CAST(:cells AS text[]),
                      CAST(:emails AS text[])) put (resolution_id, row_number, cells, email)
        ON CONFLICT (job_id, row_number)
        DO UPDATE SET data_json = excluded.data_json, normalized_email = excluded.normalized_email,
                      is_valid = excluded.is_valid, is_skipped = false,
                      resolution_id = excluded.resolution_id
        """),
        {
            "job": job_id,
            "decisions": as_array(put.resolution_id for put in values),
            "rows": as_array(put.row_number for put in values),
            "cells": as_array(json.dumps(put.cells) for put in values),
            "emails": as_array(put.normalized_email for put in values),
        },
    )


def leave_out(session: Session, job_id: int, pairs: Collection[tuple[int, int]]) -> None:
    """Leave rows out of the final contacts: (decision, row). Their cells stay as they read."""
    session.execute(
        text("""
        INSERT INTO row_edits (job_id, row_number, normalized_email, is_valid, is_skipped, resolution_id)
        SELECT :job, row_number, NULL, false, true, resolution_id
          FROM unnest(CAST(:decisions AS bigint[]), CAST(:rows AS bigint[]))
               left_out (resolution_id, row_number)
        ON CONFLICT (job_id, row_number)
        DO UPDATE SET normalized_email = NULL, is_valid = false, is_skipped = true,
                      resolution_id = excluded.resolution_id
        """),
        {
            "job": job_id,
            "decisions": as_array(decision for decision, _ in pairs),
            "rows": as_array(row for _, row in pairs),
        },
    )


def delete_derived(session: Session, job_id: int) -> None:
    """Remove what an earlier attempt at this job's file left."""
    images.delete_of_job(session, job_id)
    for table in (FinalContact, IssueRow, Issue, RowEdit, RawRow):
        session.execute(delete(table).where(table.job_id == job_id))


def analyze(session: Session) -> None:
    """Tell the planner what was just loaded: it plans set-based SQL for a single row otherwise.

    Of a sample that is large enough to tell jobs apart, and not of cells, which no plan depends on: somebody
    waits for it.
    """
    session.execute(text("SET LOCAL default_statistics_target = 30"))
    for table, columns in _ANALYZED.items():
        session.execute(text(f"ANALYZE {table} ({columns})"))


def copy_names(
    session: Session,
    job_id: int,
    row_numbers: Iterable[int],
    columns: Sequence[int | None],
    sink: "SupportsWrite[bytes]",
) -> None:
    """Write of rows as received, in order, what `names_copied` reads; blank for a column that is None."""
    cells = ", ".join("''" if at is None else f"data_json ->> {at:d}" for at in columns)
    listed = ",".join(f"{number:d}" for number in row_numbers)
    # By COPY, as there may be hundreds of thousands: a third of the time that a cursor takes.
    copy_out_lines(
        session,
        f"SELECT row_number, normalized_email, {cells} FROM raw_rows"  # noqa: S608  (integers only)
        f" WHERE job_id = {job_id:d} AND row_number = ANY('{{{listed}}}') ORDER BY row_number",
        sink,
    )


def names_copied(content: bytes) -> Iterator[tuple[int, str, list[str]]]:
    """Of each row its number, its normalized e-mail, and the cells of the columns."""
    return ((int(number), email, names) for number, email, *names in lines_copied(content))
