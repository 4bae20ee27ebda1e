"""The way to the database for those who only look."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg2.errors import InsufficientPrivilege, QueryCanceled
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session

from db.engine import make_engine, make_sessions
from db.models import Job
from db.queries import inspecting, jobs
from ingestion.errors import DatabaseUnavailable, IngestionError, InvalidSettings, NotAllowed, NotFound


class TooSlow(IngestionError):
    """The database took longer than it may. Nothing is wrong with the data."""


class Reading:
    """Read-only transactions over one database, each with a time limit for its statements.

    Raises InvalidSettings for an address that is none.
    """

    def __init__(self, database_url: str, timeout_seconds: float) -> None:
        self._engine = _engine_of(database_url)
        self._sessions = make_sessions(self._engine)
        self._timeout_seconds = timeout_seconds

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction, in which nothing can be written.

        Raises TooSlow, NotAllowed where the database's role may not read what is asked, DatabaseUnavailable.
        """
        try:
            with self._sessions() as session:
                inspecting.give_up_after(session, timeout_ms=max(1, round(self._timeout_seconds * 1_000)))
                yield session
        except DBAPIError as error:
            if explained := self._explained(error):
                raise explained from error
            raise

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _explained(self, error: DBAPIError) -> IngestionError | None:
        said = " ".join(str(error.orig).split())
        match error.orig:
            case QueryCanceled():
                return TooSlow(
                    f"The database took longer than {self._timeout_seconds:g} s. Ask for less, or allow more:"
                    " inspection.connect(timeout_seconds=600)."
                )
            case InsufficientPrivilege():
                return NotAllowed(
                    f"{said}. The documentation of notebooks says what to grant to such a role."
                )
        return DatabaseUnavailable(said) if isinstance(error, OperationalError) else None


def _engine_of(database_url: str) -> Engine:
    try:
        engine = make_engine(database_url)
    except ArgumentError:  # whose message has the address, password and all
        raise InvalidSettings(
            "This is no address of a database. Expected: postgresql://user:password@host:5432/ingestion_db."
        ) from None
    # Of every transaction, also of one that begins behind a commit: it sees one state, and changes nothing.
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def job_that_is_there(session: Session, job_id: int) -> Job:
    """A job that nobody deleted. Raises NotFound."""
    job = jobs.find(session, int(job_id))
    if job is None or job.deleted_at is not None:
        raise NotFound(f"There is no upload {job_id}. jobs() lists those that there are.")
    return job
