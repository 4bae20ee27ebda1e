"""Issues as decisions change them, many in one statement. Each change raises the version of the issue."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import any_, text, update
from sqlalchemy.orm import Session

from db.arrays import as_array, numbers
from db.models import Issue


class Consequence(NamedTuple):
    """What is open about a row is settled by a decision on something else, but for issues of some types."""

    resolution_id: int
    row_number: int
    but: Collection[str] = ()


class SettledElsewhere(NamedTuple):
    """An issue about a row that a decision on something else settled."""

    resolution_id: int
    """The decision."""
    issue_id: int
    row_number: int


def look_rows_up(session: Session) -> None:
    """Have rows looked up by their index for as long as the transaction lasts.

    A bulk decision comes in parts: whoever reads a whole table for each of them reads it many times.
    """
    session.execute(text("SET LOCAL random_page_cost = 1.1"))


def analyze_values(session: Session) -> None:
    """Tell the planner that decisions put values over many rows: it plans for a few otherwise."""
    # Nobody waits for a lock: whoever has it is telling the planner, too.
    session.execute(text("ANALYZE (SKIP_LOCKED) row_edits"))


def analyze(session: Session) -> None:
    """Tell the planner all that many decisions changed."""
    analyze_values(session)
    session.execute(text("ANALYZE (SKIP_LOCKED) issue_resolutions, issues, resolution_rows, before_images"))


def settle(session: Session, pairs: Collection[tuple[int, int]]) -> None:
    """Settle issues, each by an entry of the log: (issue, entry)."""
    session.execute(
        text("""
        UPDATE issues SET status = 'RESOLVED', resolution_id = settled.entry, version = version + 1
          FROM unnest(CAST(:issues AS bigint[]), CAST(:entries AS bigint[])) settled (issue, entry)
         WHERE issues.id = settled.issue
        """),
        {"issues": as_array(issue for issue, _ in pairs), "entries": as_array(entry for _, entry in pairs)},
    )


def settle_consequences(session: Session, job_id: int, consequences: Collection[Consequence]) -> int:
    """Settle what is open about rows; each issue gets an entry of its own. Returns how many there were."""
    settled = session.execute(
        text("""
        WITH hit AS (
            SELECT issue.type, issue.row_number, min(consequence.cause) AS cause
              FROM unnest(CAST(:causes AS bigint[]), CAST(:rows AS bigint[]), CAST(:but AS text[]))
                       consequence (cause, row_number, but)
              JOIN issues issue
                ON issue.job_id = :job AND issue.status = 'OPEN' AND issue.type <> 'DUPLICATE_EMAIL'
               AND issue.row_number = consequence.row_number
               AND issue.type <> ALL(string_to_array(consequence.but, ' '))
             GROUP BY issue.type, issue.row_number
        ),
        logged AS (
            INSERT INTO issue_resolutions
                   (job_id, action, issue_type, row_number, decided_by, decided_at, batch_id, caused_by)
            SELECT :job, decision.action, hit.type, hit.row_number, decision.decided_by,
                   decision.decided_at, decision.batch_id, decision.id
              FROM hit JOIN issue_resolutions decision ON decision.id = hit.cause
             ORDER BY hit.row_number, hit.type
            RETURNING id, issue_type, row_number
        )
        UPDATE issues SET status = 'RESOLVED', version = version + 1, resolution_id = logged.id
          FROM logged
         WHERE issues.job_id = :job AND issues.type = logged.issue_type
           AND issues.key = logged.row_number::text
        """),
        {
            "job": job_id,
            "causes": as_array(consequence.resolution_id for consequence in consequences),
            "rows": as_array(consequence.row_number for consequence in consequences),
            "but": as_array(" ".join(sorted(consequence.but)) for consequence in consequences),
        },
    )
    return settled.rowcount  # type: ignore[attr-defined, no-any-return]


def settled_by(session: Session, job_id: int, resolution_ids: Collection[int]) -> list[SettledElsewhere]:
    """The issues about rows that these decisions settled elsewhere and that are still settled so."""
    found = session.execute(
        text("""
        SELECT entry.caused_by, issue.id, issue.row_number
          FROM issue_resolutions entry
          JOIN issues issue
            ON issue.job_id = entry.job_id AND issue.type = entry.issue_type
           AND issue.key = entry.row_number::text AND issue.resolution_id = entry.id
         WHERE entry.job_id = :job AND entry.caused_by = ANY(CAST(:decisions AS bigint[]))
           AND entry.email IS NULL
        """),
        {"job": job_id, "decisions": as_array(resolution_ids)},
    )
    return [SettledElsewhere(*row) for row in found]


def ask_again(session: Session, issue_ids: Collection[int]) -> None:
    """Open settled issues."""
    _change(session, issue_ids, status="OPEN", resolution_id=None)


def touch(session: Session, issue_ids: Collection[int]) -> None:
    """Raise the version of issues: what they are about reads differently now."""
    _change(session, issue_ids)


def touch_about_rows(session: Session, job_id: int, row_numbers: Collection[int]) -> None:
    """Raise the version of what is open about rows, groups apart: the rows read differently now."""
    session.execute(
        text("""
        UPDATE issues SET version = version + 1
         WHERE job_id = :job AND status = 'OPEN' AND type <> 'DUPLICATE_EMAIL'
           AND row_number = ANY(CAST(:rows AS bigint[]))
        """),
        {"job": job_id, "rows": as_array(row_numbers)},
    )


def _change(session: Session, issue_ids: Collection[int], **values: object) -> None:
    session.execute(
        update(Issue).where(Issue.id == any_(numbers(issue_ids))).values(version=Issue.version + 1, **values),
        execution_options={"synchronize_session": False},
    )
