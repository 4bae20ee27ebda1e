"""Connections to Postgres."""

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]
"""Makes sessions; `with sessions.begin() as session:` is one transaction."""

# A dead peer is noticed within about 15 s, so that the locks of a worker that vanished end soon.
_KEEPALIVES = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 5,
    "connect_timeout": 5,
    # A statement whose client is gone ends too, rather than at its natural end.
    "options": "-c client_connection_check_interval=2s",
}


def make_engine(database_url: str) -> Engine:
    """A pool of connections. `database_url` is `postgresql://…`; a connection lost is replaced by itself."""
    url = make_url(database_url).set(drivername="postgresql+psycopg2")
    return create_engine(url, connect_args=_KEEPALIVES, pool_pre_ping=True, pool_size=10, max_overflow=20)


def make_sessions(engine: Engine) -> Sessions:
    """Sessions on `engine` whose objects stay readable after commit."""
    return sessionmaker(engine, expire_on_commit=False)
