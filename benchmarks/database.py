"""What lies in the database before and after a way had its turn."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text

from db.models import Base

_COLUMNS = "job_id, row_number, normalized_email, is_valid, data_json"
RAW_ROWS = f"raw_rows ({_COLUMNS})"


_DERIVED = {
    "raw_rows": "row_number, data_json, normalized_email, is_valid",
    "row_edits": "row_number, data_json, normalized_email, is_valid, is_skipped",
    "issues": "type, key, row_number, payload_json, status",
    "issue_rows": "email, row_number",
    "resolution_rows": "row_number, resolution_id",
    "before_images": "resolution_id, kind, key, before_json",
    "jobs": "status, valid_rows, conflict_count",
}
"""Of each table what has to read as before once a decision is undone."""


@dataclass(frozen=True)
class Stored:
    """What a way left behind."""

    rows: int
    valid_rows: int
    issues: dict[str, int]


def stored(engine: Engine, schema: str) -> Stored:
    """Counts of the rows and issues in the tables of a schema."""
    with engine.begin() as connection:
        connection.execute(text("SELECT set_config('search_path', :schema, true)"), {"schema": schema})
        rows, valid = connection.execute(
            text("SELECT count(*), count(*) FILTER (WHERE is_valid) FROM raw_rows")
        ).one()
        issues = connection.execute(text("SELECT type, count(*) FROM issues GROUP BY type"))
        return Stored(rows, valid, dict(issues.all()))


def fingerprints(engine: Engine, job_id: int) -> dict[str, str]:
    """Of each derived table how many rows a job has in it, and the sum of their hashes."""
    with engine.connect() as connection:
        return {
            table: connection.execute(
                text(f"""
                SELECT count(*) || ' ' || coalesce(sum(hashtextextended(({columns})::text, 0)), 0)
                  FROM {table} WHERE {"id" if table == "jobs" else "job_id"} = :job
                """),  # noqa: S608  (names)
                {"job": job_id},
            ).scalar_one()
            for table, columns in _DERIVED.items()
        }


def empty(engine: Engine) -> None:
    """Remove every way's rows but keep the users, and write everything that is due to disk."""
    kept = "users", "sessions", "audit_log"
    tables = ", ".join(name for name in Base.metadata.tables if name not in kept)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA IF EXISTS customer CASCADE"))
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    settle(engine)


def settle(engine: Engine) -> None:
    """Vacuum, and write everything that is due to disk, so that the next way does not pay for the last."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))


def contacts(engine: Engine) -> int:
    """How many final contacts there are."""
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM final_contacts")).scalar_one())


def write_lines(engine: Engine, path: Path) -> None:
    """Write what is in `raw_rows` as COPY takes it."""
    connection = engine.raw_connection()
    try:
        with path.open("wb") as file:
            query = f"COPY (SELECT {_COLUMNS} FROM raw_rows ORDER BY row_number) TO STDOUT"  # noqa: S608  (names)
            connection.cursor().copy_expert(query, file)
    finally:
        connection.close()


def review_everything(engine: Engine, job_id: int, user_id: int) -> None:
    """Settle every issue of a job, as people would by now, and have it wait to be finalized.

    Of each group the first row is chosen, rows without an address are left out, blank names are accepted.
    """
    with engine.begin() as connection:
        connection.execute(
            text("""
            INSERT INTO row_edits (job_id, row_number, is_valid, is_skipped)
            SELECT job_id, row_number, false, true FROM raw_rows WHERE job_id = :job AND NOT is_valid
            """),
            {"job": job_id},
        )
        connection.execute(
            text("""
            WITH decision AS (
                INSERT INTO issue_resolutions (job_id, action, issue_type, row_number, email, decided_by)
                SELECT job_id,
                       CASE WHEN is_valid IS FALSE THEN 'skip' WHEN type = 'DUPLICATE_EMAIL' THEN 'choose'
                            ELSE 'accept' END,
                       type, row_number, CASE type WHEN 'DUPLICATE_EMAIL' THEN key END, :user
                  FROM issues JOIN raw_rows USING (job_id, row_number) WHERE job_id = :job
                RETURNING id, issue_type, row_number
            )
            UPDATE issues SET status = 'RESOLVED', resolution_id = decision.id
              FROM decision
             WHERE job_id = :job AND type = decision.issue_type AND issues.row_number = decision.row_number
            """),
            {"job": job_id, "user": user_id},
        )
    finalize_again(engine, job_id)
    settle(engine)


def finalize_again(engine: Engine, job_id: int) -> None:
    """Have a job whose issues are settled wait to be finalized, as if it never had been."""
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE final_contacts, finalizations"))
        connection.execute(
            text("UPDATE jobs SET status = 'FINALIZING', conflict_count = 0 WHERE id = :job"), {"job": job_id}
        )
