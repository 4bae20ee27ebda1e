"""A job's derived tables a second time, beside the stored ones, and what differs between the two.

They are temporary tables of the same names. Postgres looks for a name among those first, so whatever runs
in the transaction that made them reads and writes them: the code that made the stored ones, unchanged.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

_TABLES = (
    *("jobs", "raw_rows", "row_edits", "issues", "issue_rows", "repeated_rows", "issue_resolutions"),
    *("bulk_decisions", "resolution_rows", "before_images", "final_contacts", "finalizations"),
)

_COMPARED = {
    "raw_rows": ("row_number", "row_number, data_json, normalized_email, is_valid"),
    "issues": ("type || ' ' || key", "type, key, row_number, payload_json, status"),
    "issue_rows": ("email", "email, row_number"),
    "repeated_rows": ("email", "email, row_number"),
    "row_edits": ("row_number", "row_number, data_json, normalized_email, is_valid, is_skipped"),
}
"""Of each table what names a row, and what is compared."""

_CONTACTS = ("email", "email, first_name, last_name, company, other_json, row_number")

Stored = str
"""The schema in which the stored tables are."""


class Differing(NamedTuple):
    """Rows of a table that only one of both has."""

    table: str
    rows: int
    example: str
    """What names one of them."""


def make_tables(session: Session, job_id: int) -> Stored:
    """Make the tables, empty but for the job itself; they go with the transaction."""
    stored = session.execute(text("SELECT current_schema()")).scalar_one()
    view = session.execute(text("SELECT pg_get_viewdef('current_rows'::regclass)")).scalar_one()
    for table in _TABLES:
        session.execute(
            text(f"CREATE TEMPORARY TABLE {table} (LIKE {stored}.{table} INCLUDING ALL) ON COMMIT DROP")
        )
    session.execute(text(f"CREATE TEMPORARY VIEW current_rows AS {view}"))
    session.execute(text(f"INSERT INTO jobs SELECT * FROM {stored}.jobs WHERE id = :job"), {"job": job_id})
    return str(stored)


class LoggedDecision(NamedTuple):
    """A decision of the stored log, or an undo."""

    id: int
    action: str
    issue_type: str
    row_number: int | None
    email: str | None
    cells: list[str] | None
    decided_by: int
    batch_id: str | None
    reverses: int | None
    is_sealed: bool
    """Whether it reads as when it was written."""


def log(session: Session, stored: Stored, job_id: int, *, limit: int) -> Iterator[LoggedDecision]:
    """The stored log without consequences, oldest first."""
    after = 0
    while True:
        found = session.execute(
            text(f"""
            SELECT id, action, issue_type, row_number, email, values_json, decided_by, batch_id::text,
                   reverses, seal IS NULL OR seal = seal_of(entry)
              FROM {stored}.issue_resolutions entry
             WHERE job_id = :job AND id > :after AND caused_by IS NULL
             ORDER BY id LIMIT :limit
            """),
            {"job": job_id, "after": after, "limit": limit},
        ).all()
        yield from (LoggedDecision(*row) for row in found)
        if len(found) < limit:
            return
        after = found[-1].id


def differences(session: Session, stored: Stored, job_id: int) -> list[Differing]:
    """What differs between the derived tables, contacts apart."""
    found = (_differing(session, stored, job_id, table, *_COMPARED[table]) for table in _COMPARED)
    return [differing for differing in found if differing.rows]


def differing_contacts(session: Session, stored: Stored, job_id: int) -> Differing | None:
    """What differs between the final contacts."""
    found = _differing(session, stored, job_id, "final_contacts", *_CONTACTS)
    return found if found.rows else None


def _differing(
    session: Session, stored: Stored, job_id: int, table: str, name: str, columns: str
) -> Differing:
    ours = f"SELECT {columns} FROM pg_temp.{table} WHERE job_id = :job"
    theirs = f"SELECT {columns} FROM {stored}.{table} WHERE job_id = :job"
    count, example = session.execute(
        text(f"""
        SELECT count(DISTINCT ({name})), coalesce(min(({name})::text), '')
          FROM ((({ours}) EXCEPT ALL ({theirs})) UNION ALL (({theirs}) EXCEPT ALL ({ours}))) differing
        """),
        {"job": job_id},
    ).one()
    return Differing(table, count, example)


def altered_consequences(session: Session, stored: Stored, job_id: int) -> list[int]:
    """Entries of the stored log that a decision caused and that do not read as when they were written."""
    found = session.scalars(
        text(f"""
        SELECT id FROM {stored}.issue_resolutions entry
         WHERE job_id = :job AND caused_by IS NOT NULL AND seal <> seal_of(entry) ORDER BY id
        """),
        {"job": job_id},
    )
    return list(found)


class Counters(NamedTuple):
    """What is kept on a job's row so that nobody has to count."""

    valid_rows: int
    open_issues: int


def counters(session: Session, stored: Stored, job_id: int) -> tuple[Counters, Counters]:
    """Those of the job made anew, and the stored ones."""
    ours, theirs = (
        session.execute(
            text(f"SELECT valid_rows, conflict_count FROM {schema}.jobs WHERE id = :job"), {"job": job_id}
        ).one()
        for schema in ("pg_temp", stored)
    )
    return Counters(*ours), Counters(*theirs)
