"""What this process holds once: settings, the database, the bucket, the queue, the watch over all of them.

Plain caches and not `st.cache_resource`, because the routes beside Streamlit use the same ones.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from db.engine import Sessions, make_engine, make_sessions
from db.liveness import Liveness
from ingestion.errors import DatabaseUnavailable, StorageUnavailable
from ingestion.health import DATABASE_MESSAGE, Part, looks
from ingestion.queue import JobQueue, make_queue
from ingestion.settings import Settings, load_settings
from ingestion.storage import Bucket, make_bucket
from ingestion.watch import Watch

_is_withheld: ContextVar[bool] = ContextVar("is_withheld", default=False)


@lru_cache
def settings() -> Settings:
    """This process's settings. Raises InvalidSettings."""
    return load_settings()


@lru_cache
def database() -> Sessions:
    """Makes database sessions on this process's pool of connections, whether the database answers or not."""
    return make_sessions(make_engine(settings().database_url))


@lru_cache
def store() -> Bucket:
    """Where uploaded files are, for pages, whether the file store answers or not."""
    # For pages, which somebody looks at meanwhile; the routes make an object of a thousand parts.
    return make_bucket(settings(), wait_seconds=15, attempts=2)


@lru_cache
def watch() -> Watch:
    """Knows what does not answer at the moment."""
    return Watch(looks(settings(), Liveness(database().kw["bind"]).check))


def sessions() -> Sessions:
    """Makes database sessions. Raises DatabaseUnavailable at once where it is known not to answer."""
    if _is_withheld.get() or watch().since(Part.DATABASE):
        raise DatabaseUnavailable(DATABASE_MESSAGE)
    return database()


def bucket() -> Bucket:
    """Where uploaded files are. Raises StorageUnavailable at once where it is known not to answer."""
    if watch().since(Part.STORE):
        raise StorageUnavailable("The file store does not answer. Try again in a moment.")
    return store()


@lru_cache
def queue() -> JobQueue:
    """Where messages to the workers are, for those who look after them."""
    return make_queue(settings())


@contextmanager
def without_database() -> Iterator[None]:
    """Within this, `sessions` raises: for a page of somebody whose session could not be looked up."""
    token = _is_withheld.set(True)
    try:
        yield
    finally:
        _is_withheld.reset(token)
