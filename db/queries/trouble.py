"""The rows that people correct, and those that they left out."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from db.models import RowEdit
from db.queries import issues
from db.queries.people import full_name


class RowInTrouble(NamedTuple):
    """A row as received, with its open issues; of one that was left out with all it had."""

    row_number: int
    data_json: list[str]
    troubles: list[list[Any]]
    """Of each issue: type, detail, and of a duplicate group its size and the numbers of its first rows."""
    left_out_by: str | None
    left_out_at: dt.datetime | None


def is_any_row_in_trouble(session: Session, job_id: int, *, only_left_out: bool = False) -> bool:
    """Whether `rows_in_trouble` has any."""
    left_out = select(exists().where(RowEdit.job_id == job_id, RowEdit.is_skipped))
    return bool(session.scalar(left_out)) or (not only_left_out and issues.is_any_open(session, job_id))


def rows_in_trouble(
    session: Session, job_id: int, *, most_rows_named: int, only_left_out: bool = False
) -> Iterator[RowInTrouble]:
    """The rows with an open issue, and the rows left out, in file order, as a stream: use up or close it."""
    # A cursor's plan is made for its first rows and for few of them; here all are wanted, of any number.
    session.execute(text("SET LOCAL cursor_tuple_fraction = 1"))
    session.execute(text("SET LOCAL enable_nestloop = off"))
    found = session.execute(
        text(f"""
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
             WHERE left_out.row_number IS NOT NULL OR (trouble.status = 'OPEN' AND NOT :only_left_out)
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
               CASE WHEN left_out.row_number IS NOT NULL THEN {full_name()} END,
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
        {"job": job_id, "named": most_rows_named, "only_left_out": only_left_out},
        execution_options={"yield_per": 1000},
    )
    return (RowInTrouble(*row) for row in found)
