"""Connections to Postgres."""

from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

import psycopg2
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]
"""Makes sessions; `with sessions.begin() as session:` is one transaction."""

CONNECT_SECONDS = 5
_POOL_SECONDS = 10
"""How long somebody waits for a connection while all of them are in use."""

# A dead peer is noticed within 15 s at either end, so that the locks of a worker that vanished end soon.
KEEPALIVES: dict[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 5,
    # Keepalives are silent while something that was sent waits to be acknowledged. In milliseconds.
    "tcp_user_timeout": 15_000,
    "connect_timeout": CONNECT_SECONDS,
    # The server's end of it. A statement whose client is gone ends too, rather than at its natural end.
    "options": "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=5"
    " -c tcp_user_timeout=15s -c client_connection_check_interval=2s",
}

_in_use: WeakKeyDictionary[Engine, set[Any]] = WeakKeyDictionary()


def make_engine(database_url: str) -> Engine:
    """A pool of connections. `database_url` is `postgresql://…`; a connection lost is replaced by itself."""
    url = make_url(database_url).set(drivername="postgresql+psycopg2")
    engine = create_engine(
        url,
        connect_args=KEEPALIVES,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=20,
        pool_timeout=_POOL_SECONDS,
    )
    in_use = _in_use[engine] = set()
    event.listen(engine, "checkout", lambda connection, _record, _proxy: in_use.add(connection))
    event.listen(engine, "checkin", lambda connection, _record: in_use.discard(connection))
    event.listen(engine, "close", lambda connection, _record: in_use.discard(connection))
    return engine


def address_of(engine: Engine) -> str:
    """The engine's database as psycopg2 takes it, for connections that are none of its pool."""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def make_sessions(engine: Engine) -> Sessions:
    """Sessions on `engine` whose objects stay readable after commit."""
    return sessionmaker(engine, expire_on_commit=False)


def cancel_running(engine: Engine) -> None:
    """Have the database give up what it is asked on this engine's connections, from another thread."""
    for connection in list(_in_use[engine]):
        with suppress(psycopg2.Error):  # it has ended
            connection.cancel()
