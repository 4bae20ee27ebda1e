"""What this process holds once: settings, database connections, the bucket, the queue.

Plain caches and not `st.cache_resource`, because the routes beside Streamlit use the same ones.
"""

from functools import lru_cache

from db.engine import Sessions, make_engine, make_sessions
from ingestion.queue import JobQueue, make_queue
from ingestion.settings import Settings, load_settings
from ingestion.storage import Bucket, make_bucket


@lru_cache
def settings() -> Settings:
    """This process's settings. Raises InvalidSettings."""
    return load_settings()


@lru_cache
def sessions() -> Sessions:
    """Makes database sessions on this process's pool of connections."""
    return make_sessions(make_engine(settings().database_url))


@lru_cache
def bucket() -> Bucket:
    """Where uploaded files are."""
    return make_bucket(settings())


@lru_cache
def queue() -> JobQueue:
    """Where messages to the workers are, for those who look after them."""
    return make_queue(settings())
