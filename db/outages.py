"""Telling a database that does not answer from a statement that it refuses."""

import psycopg2
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_CONNECTION_CLASSES = ("08", "57P")
"""Connection exceptions; shutting down, crashed, or not up yet.
https://www.postgresql.org/docs/current/errcodes-appendix.html"""
_OUT_OF_RESOURCES = "53"


def is_outage(error: BaseException) -> bool:
    """Whether the error says that the database is not there: it was not reached, or the connection broke."""
    if isinstance(error, PoolTimeout):
        return True
    cause = _driver_error(error)
    if cause is None:
        return False
    if cause.pgcode is None:  # not the server's own word
        return isinstance(cause, psycopg2.OperationalError | psycopg2.InterfaceError)
    return cause.pgcode.startswith(_CONNECTION_CLASSES)


def is_out_of_resources(error: BaseException) -> bool:
    """Whether the database has no room, memory or connections left."""
    cause = _driver_error(error)
    return cause is not None and (cause.pgcode or "").startswith(_OUT_OF_RESOURCES)


def _driver_error(error: BaseException) -> psycopg2.Error | None:
    """COPY goes past SQLAlchemy, so an error may be the driver's own or one that holds it."""
    found = error.orig if isinstance(error, DBAPIError) else error
    return found if isinstance(found, psycopg2.Error) else None
