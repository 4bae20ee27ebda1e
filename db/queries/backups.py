"""What a backup asks a database. Only what the first schema had, so that an older one answers too."""

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session


class StoredFile(NamedTuple):
    """A job and where its file is, or will be."""

    job_id: int
    key: str
    status: str


def keep_one_snapshot(session: Session) -> str:
    """Have this session, which must be new, see the database as it is now; gives the snapshot's name.

    Another connection can see the same for as long as the session's transaction lasts.
    """
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return str(session.scalar(text("SELECT pg_export_snapshot()")))


def schema_revision(session: Session) -> str | None:
    """The revision of the schema; None where there is none."""
    if session.scalar(text("SELECT to_regclass('public.alembic_version')")) is None:
        return None
    found = session.scalar(text("SELECT version_num FROM public.alembic_version"))
    return None if found is None else str(found)


def is_used(session: Session) -> bool:
    """Whether somebody has an account. Nobody uploads without one."""
    if session.scalar(text("SELECT to_regclass('public.users')")) is None:
        return False
    return bool(session.scalar(text("SELECT EXISTS (SELECT FROM public.users)")))


def server_version(session: Session) -> str:
    """The version of Postgres, such as 18.6."""
    return str(session.scalar(text("SHOW server_version"))).split()[0]


def database_bytes(session: Session) -> int:
    """What the database takes on the server's disk."""
    return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def counts(session: Session) -> dict[str, int]:
    """How much there is, for people."""
    found = session.execute(
        text("""
        SELECT (SELECT count(*) FROM users) AS accounts,
               (SELECT count(*) FROM jobs) AS uploads,
               (SELECT coalesce(sum(total_rows), 0) FROM jobs) AS rows,
               (SELECT count(*) FROM finalizations) AS versions
        """)
    ).one()
    return {name: int(number) for name, number in found._mapping.items()}


def stored_files(session: Session) -> list[StoredFile]:
    """The file of every job, in the order of the jobs."""
    found = session.execute(text("SELECT id, file_key, status FROM jobs ORDER BY id"))
    return [StoredFile(job_id, key, status) for job_id, key, status in found]
