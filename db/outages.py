"""Telling a database that does not answer from a statement that it refuses."""

import psycopg2
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

# PostgreSQL, appendix A: connection exceptions; too many connections; shut down, crashed, starting up.
_NOT_ANSWERING = ("08", "53300", "57P")
_OUT_OF_RESOURCES = "53"


def is_unavailable(error: BaseException) -> bool:
    """Whether the database did not answer, rather than refuse what it was asked.

    `error` is SQLAlchemy's, or psycopg2's own, as COPY raises it. What libpq finds out by itself, such as a
    connection that was refused or cut, has no code of the server's.
    """
    if isinstance(error, NoFreeConnection):
        return True
    cause = _drivers(error)
    if cause is None:
        return False
    if cause.pgcode is not None:
        return cause.pgcode.startswith(_NOT_ANSWERING)
    if isinstance(cause, psycopg2.InterfaceError):
        return "connection" in str(cause)  # is closed; a closed cursor would be our own mistake
    return isinstance(cause, psycopg2.OperationalError) or type(cause) is psycopg2.DatabaseError


def is_out_of_resources(error: BaseException) -> bool:
    """Whether the database has no room or memory left."""
    cause = _drivers(error)
    return (
        cause is not None and (cause.pgcode or "").startswith(_OUT_OF_RESOURCES) and not is_unavailable(error)
    )


def _drivers(error: BaseException) -> psycopg2.Error | None:
    found = error.orig if isinstance(error, DBAPIError) else error
    return found if isinstance(found, psycopg2.Error) else None
