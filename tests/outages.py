"""What tests of outages share: services behind a proxy, and a watch that looks often."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from sqlalchemy import Engine

from db.engine import Sessions
from db.liveness import Liveness
from ingestion.health import looks
from ingestion.settings import Settings
from ingestion.watch import Watch
from tests.proxy import Proxy

PATIENCE_SECONDS = 30


def proxy_to(address: str) -> Proxy:
    """A proxy to the host and port of a URL."""
    parts = urlsplit(address)
    assert parts.hostname
    assert parts.port
    return Proxy((parts.hostname, parts.port))


def through(proxy: Proxy, address: str) -> str:
    """The URL, its host and port replaced by the proxy's."""
    parts = urlsplit(address)
    user, at, _ = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user}{at}127.0.0.1:{proxy.port}").geturl()


@contextmanager
def watch_over(settings: Settings, sessions: Sessions) -> Iterator[Watch]:
    """A watch over what the settings name."""
    engine = sessions.kw["bind"]
    assert isinstance(engine, Engine)
    watch = Watch(looks(settings, Liveness(engine).check), every_seconds=0.1)
    yield watch
    watch.close()


def until(is_so: Callable[[], object]) -> None:
    """Wait for something that happens by itself."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
