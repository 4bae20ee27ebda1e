"""A database without rows, for the next test."""

from sqlalchemy import Engine, text

from db.models import Base

_LEFT = " UNION ALL ".join(
    f"SELECT '{table}', pg_relation_size('{table}') WHERE EXISTS (SELECT FROM {table})"
    for table in Base.metadata.tables
)
_LITTLE = 1_000_000
"""Bytes of a table."""
_COUNT_FROM_ONE = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
    " FROM pg_sequences WHERE last_value IS NOT NULL"
)


def empty_tables(engine: Engine) -> None:
    """Remove whatever tests before left in the database, and count from one again.

    Row by row where it is little: TRUNCATE makes the files of all tables and indexes anew.
    """
    with engine.begin() as connection:
        # The audit log refuses to be emptied; this turns triggers off until the transaction ends.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        left = list(connection.execute(text(_LEFT)))
        if any(size > _LITTLE for _, size in left):
            connection.execute(text(f"TRUNCATE {', '.join(Base.metadata.tables)} CASCADE"))
        else:
            for table, _ in left:
                connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text(_COUNT_FROM_ONE))
