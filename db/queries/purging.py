"""What a job has in the database, and its removal a piece at a time."""

from sqlalchemy import Table, text
from sqlalchemy.orm import Session

from db.models import Base

_OUTLIVE_IT = {"audit_log", "workers"}
"""They name a job by its number only."""


def _referring_first() -> tuple[Table, ...]:
    found = reversed(Base.metadata.sorted_tables)
    return tuple(table for table in found if "job_id" in table.c and table.name not in _OUTLIVE_IT)


TABLES = _referring_first()
"""Every table that has something of a job; one that refers to another comes before it."""


def delete_some(session: Session, table: Table, job_id: int, *, limit: int) -> int:
    """Delete at most so many of the job's rows of one of TABLES; returns how many."""
    # Where rows of a table refer to each other, it is to earlier ones.
    order = "ORDER BY id DESC" if _refers_to_itself(table) else ""
    # By place, so that what was found need not be looked for again.
    deleted = session.scalar(
        text(f"""
        WITH deleted AS (
            DELETE FROM {table.name} WHERE ctid = ANY (ARRAY(
                   SELECT ctid FROM {table.name} WHERE job_id = :job {order} LIMIT :limit))
            RETURNING 1
        )
        SELECT count(*) FROM deleted
        """),
        {"job": job_id, "limit": limit},
    )
    return int(deleted)


def _refers_to_itself(table: Table) -> bool:
    return any(key.column.table is table for key in table.foreign_keys)
