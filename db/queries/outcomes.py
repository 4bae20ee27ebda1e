"""What becomes of each row: a contact, left out, lost to another of its group, or a repeat of another.

Read from rows and decisions as they stand, so that it is known before contacts are made of them, and by the
rule by which they are made. A list reads no more of a job than its page: rows that share their e-mail are
members of groups (`issue_rows`), and all but one member of a group become no contact.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from db.queries.contacts import Counts, keeps_a_record, plan_for_many_rows
from db.queries.people import full_name

Place = tuple[str, int]
"""What a page begins after: an e-mail, blank in a list in file order, and a row's number."""


@dataclass(frozen=True)
class Page:
    """Some rows of a list."""

    after: Place = ("", 0)
    limit: int = 100
    search: str = ""
    """Part of an e-mail, in lower case."""


@dataclass(frozen=True)
class Compared:
    """In what a repeat is compared with its contact."""

    columns: Sequence[int]
    """0-based."""
    blanks: str
    """Characters that are trimmed from a cell before."""


class Row(NamedTuple):
    """A row, or the record that it was merged to, and the decision that it owes its place to, if to one."""

    row_number: int
    email: str | None
    data_json: list[str]
    action: str | None
    issue_type: str | None
    decided_by: str | None
    decided_at: dt.datetime | None
    kept_row: int | None = None
    """The row that became the contact in its place."""
    differing: Sequence[int] = ()
    """The columns (0-based) in which it says something that the contact does not."""


_DECIDED = f"decision.action, decision.issue_type, {full_name()}, decision.decided_at"

_DECISION_ABOUT_MEMBER = f"""
      LEFT JOIN issues issue
        ON issue.job_id = :job AND issue.type = 'DUPLICATE_EMAIL' AND issue.key = member.email
      LEFT JOIN issue_resolutions decision
        ON decision.id = issue.resolution_id AND issue.status = 'RESOLVED'
       AND {keeps_a_record("decision")}"""

# A member is valid as received: only what was put over it may have changed that.
_VALID_MEMBERS = """
      FROM issue_rows member
      LEFT JOIN row_edits edit ON edit.job_id = :job AND edit.row_number = member.row_number
     WHERE member.job_id = :job AND edit.is_valid IS NOT FALSE"""

_FIRST_VALID = """
    (SELECT earliest.row_number
       FROM issue_rows earliest
       LEFT JOIN row_edits edit ON edit.job_id = :job AND edit.row_number = earliest.row_number
      WHERE earliest.job_id = :job AND earliest.email = member.email AND edit.is_valid IS NOT FALSE
      ORDER BY earliest.row_number LIMIT 1)"""

# LIMIT has it looked up for one member after the other. Joined, all groups of the job would be read.
KEPT = f"""
      CROSS JOIN LATERAL (
        SELECT decision.id AS decision,
               CASE WHEN issue.status = 'OPEN' THEN 0 ELSE coalesce(decision.row_number, {_FIRST_VALID}) END
                   AS row_number
          FROM (SELECT) one {_DECISION_ABOUT_MEMBER} LIMIT 1) kept"""
"""The row that a member's contact comes from, 0 while that is open, and the decision that says so."""


def count(session: Session, job_id: int) -> Counts:
    """What becomes of the job's rows if its contacts are made now."""
    plan_for_many_rows(session)
    here = {"job": job_id}
    total, valid, skipped = session.execute(
        text("""
        SELECT total_rows, valid_rows,
               (SELECT count(*) FROM row_edits WHERE job_id = :job AND is_skipped)
          FROM jobs WHERE id = :job
        """),
        here,
    ).one()
    settled, repeated, asked_about = session.execute(
        text(f"""
        WITH member AS (SELECT member.email, count(*) AS rows {_VALID_MEMBERS} GROUP BY member.email)
        SELECT coalesce(sum(rows - 1) FILTER (WHERE decision.id IS NOT NULL), 0)::bigint,
               coalesce(sum(rows - 1) FILTER (
                   WHERE decision.id IS NULL AND issue.status IS DISTINCT FROM 'OPEN'), 0)::bigint,
               coalesce(sum(rows) FILTER (WHERE issue.status = 'OPEN'), 0)::bigint
          FROM member {_DECISION_ABOUT_MEMBER}
        """),
        here,
    ).one()
    contacts = valid - settled - repeated - asked_about
    return Counts(total, contacts, skipped, settled, repeated, total - skipped - valid + asked_about)


def count_differing(session: Session, job_id: int, compared: Compared) -> int:
    """How many repeats say something that their contact does not."""
    if not compared.columns:
        return 0
    plan_for_many_rows(session)
    found = session.execute(
        text(f"""
        WITH member AS (
            SELECT member.email, member.row_number,
                   min(member.row_number) OVER (PARTITION BY member.email) AS kept_row {_VALID_MEMBERS}
        )
        SELECT count(*)
          FROM member {_DECISION_ABOUT_MEMBER}
          JOIN current_rows row ON row.job_id = :job AND row.row_number = member.row_number
          JOIN current_rows contact ON contact.job_id = :job AND contact.row_number = member.kept_row
         WHERE member.kept_row < member.row_number
           AND decision.id IS NULL AND issue.status IS DISTINCT FROM 'OPEN'
           AND ({" OR ".join(map(_differs, compared.columns))})
        """),
        {"job": job_id, "blanks": compared.blanks},
    )
    return int(found.scalar_one())


def contacts(session: Session, job_id: int, page: Page) -> list[Row]:
    """The rows that become contacts, in file order, a merged one with its record."""
    return _page(
        session,
        f"""
        WITH page AS MATERIALIZED (
            SELECT row.row_number, row.normalized_email AS email, row.data_json, kept.decision
              FROM current_rows row
              LEFT JOIN LATERAL (
                SELECT kept.* FROM issue_rows member {KEPT}
                 WHERE member.job_id = :job AND member.email = row.normalized_email
                   AND member.row_number = row.row_number LIMIT 1) kept ON true
             WHERE row.job_id = :job AND row.row_number > :row AND row.is_valid
               AND strpos(row.normalized_email, :search) > 0
               AND coalesce(kept.row_number, row.row_number) = row.row_number
             ORDER BY row.row_number LIMIT :limit
        )
        SELECT page.row_number, page.email, coalesce(decision.values_json, page.data_json), {_DECIDED}
          FROM page
          LEFT JOIN issue_resolutions decision ON decision.id = page.decision
          LEFT JOIN users ON users.id = decision.decided_by
         ORDER BY page.row_number
        """,
        job_id,
        page,
    )


def left_out(session: Session, job_id: int, page: Page, *, email: int) -> list[Row]:
    """The rows that somebody left out, in file order; `email` is the column (0-based) that has it."""
    return _page(
        session,
        f"""
        SELECT edit.row_number, row.data_json ->> :column, row.data_json, {_DECIDED}
          FROM row_edits edit
          JOIN current_rows row ON row.job_id = :job AND row.row_number = edit.row_number
          LEFT JOIN issue_resolutions decision ON decision.id = edit.resolution_id
          LEFT JOIN users ON users.id = decision.decided_by
         WHERE edit.job_id = :job AND edit.is_skipped AND edit.row_number > :row
           AND (:search = '' OR strpos(lower(row.data_json ->> :column), :search) > 0)
         ORDER BY edit.row_number LIMIT :limit
        """,
        job_id,
        page,
        column=email,
    )


def settled(session: Session, job_id: int, page: Page) -> list[Row]:
    """The rows that lost to a chosen row or went into a merged record, in the order of their e-mails."""
    return _page(session, _losers("kept.decision IS NOT NULL"), job_id, page)


def repeats(session: Session, job_id: int, page: Page, compared: Compared) -> list[Row]:
    """The rows that repeat a contact and that nobody was asked about, in the order of their e-mails."""
    found = [f"CASE WHEN {_differs(at)} THEN {at:d} END" for at in compared.columns]
    differing = f"array_remove(ARRAY[{', '.join(found)}]::integer[], NULL)"
    return _page(session, _losers("kept.decision IS NULL", differing), job_id, page, blanks=compared.blanks)


def _losers(which: str, differing: str = "'{}'::integer[]") -> str:
    """The members of groups of which another row became the contact."""
    return f"""
        WITH page AS MATERIALIZED (
            SELECT member.email, member.row_number, kept.decision, kept.row_number AS kept_row
              FROM issue_rows member {KEPT}
             WHERE member.job_id = :job AND (member.email, member.row_number) > (:email, :row)
               AND strpos(member.email, :search) > 0
               AND NOT EXISTS (SELECT FROM row_edits edit
                                WHERE edit.job_id = :job AND edit.row_number = member.row_number
                                  AND NOT edit.is_valid)
               AND kept.row_number NOT IN (0, member.row_number) AND {which}
             ORDER BY member.email, member.row_number LIMIT :limit
        )
        SELECT page.row_number, page.email, row.data_json, {_DECIDED}, page.kept_row, {differing}
          FROM page
          JOIN current_rows row ON row.job_id = :job AND row.row_number = page.row_number
          JOIN current_rows contact ON contact.job_id = :job AND contact.row_number = page.kept_row
          LEFT JOIN issue_resolutions decision ON decision.id = page.decision
          LEFT JOIN users ON users.id = decision.decided_by
         ORDER BY page.email, page.row_number"""


def _differs(column: int) -> str:
    """Whether something stands in a row's column that does not stand in its contact's."""
    cell, kept = (f"btrim({table}.data_json ->> {column:d}, :blanks)" for table in ("row", "contact"))
    return f"{cell} NOT IN ('', {kept})"


def _page(session: Session, query: str, job_id: int, page: Page, **more: object) -> list[Row]:
    # The lists lie in the order of an index. The planner, who takes a page for a large part of a list, would
    # read all of it and sort.
    for way in ("enable_sort", "enable_bitmapscan"):
        session.execute(text(f"SET LOCAL {way} = off"))
    email, row_number = page.after
    here = {"job": job_id, "email": email, "row": row_number, "search": page.search, "limit": page.limit}
    return [Row(*row) for row in session.execute(text(query), here | more)]
