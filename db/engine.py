"""Connections to Postgres."""

import psycopg2
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]
"""Makes sessions; `with sessions.begin() as session:` is one transaction."""

CONNECT_SECONDS = 5
_POOL_SECONDS = 10
"""How long somebody waits for a connection while all of them are in use."""

# A dead peer is noticed within about 15 s, so that the locks of a worker that vanished end soon.
_KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 5,
    # Keepalives are silent while something that was sent waits to be acknowledged. In milliseconds.
    "tcp_user_timeout": 30_000,
    "connect_timeout": CONNECT_SECONDS,
    # A statement whose client is gone ends too, rather than at its natural end.
    "options": "-c client_connection_check_interval=2s",
}


def make_engine(database_url: str) -> Engine:
    """A pool of connections. `database_url` is `postgresql://…`; a connection lost is replaced by itself."""
    url = make_url(database_url).set(drivername="postgresql+psycopg2")
    return create_engine(
        url,
        connect_args=_KEEPALIVES,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=20,
        pool_timeout=_POOL_SECONDS,
    )


def make_sessions(engine: Engine) -> Sessions:
    """Sessions on `engine` whose objects stay readable after commit."""
    return sessionmaker(engine, expire_on_commit=False)


# PostgreSQL, appendix A: connection exceptions; too many connections; shut down, crashed, starting up.
_NOT_ANSWERING = ("08", "53300", "57P")


def is_unavailable(error: BaseException) -> bool:
    """Whether the database did not answer, rather than refuse what it was asked.

    `error` is SQLAlchemy's, or psycopg2's own, as COPY raises it. What libpq finds out by itself, such as a
    connection that was refused or cut, has no code of the server's.
    """
    if isinstance(error, NoFreeConnection):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(cause, psycopg2.Error):
        return False
    if cause.pgcode is not None:
        return cause.pgcode.startswith(_NOT_ANSWERING)
    if isinstance(cause, psycopg2.InterfaceError):
        return "connection" in str(cause)  # is closed; a closed cursor would be our own mistake
    return isinstance(cause, psycopg2.OperationalError) or type(cause) is psycopg2.DatabaseError
