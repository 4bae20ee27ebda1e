"""The S3 and SQS emulator, as its own environment runs it: python -m local.emulator PORT.

The emulator asks nobody for credentials, and one POST resets it. What listens on loopback can be reached
by every page that the user's browser shows, so what comes from elsewhere is refused before it gets there.
"""

import asyncio
import importlib
import os
import resource
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.large_objects import LargeObjects

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
OWN_SITES = frozenset({"same-origin", "same-site", "none"})
"""Of Sec-Fetch-Site. The dashboard's pages are of the same site: a port is no part of it."""


def is_from_here(method: str, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a request names a loopback host, and, where a page sent it, that page came from one.

    The first keeps out names pointed at 127.0.0.1 (DNS rebinding), the second other sites' pages: by the
    origin, which browsers leave out of a plain GET, as for an image, and by how far away the page is.
    """
    given = [(name.lower(), value.decode("latin-1")) for name, value in headers]
    hosts, origins, sites = (
        [value for name, value in given if name == wanted]
        for wanted in (b"host", b"origin", b"sec-fetch-site")
    )
    if not all(map(_is_loopback, [*(f"//{host}" for host in hosts), *origins])):
        return False
    # A page at localhost is of another site than 127.0.0.1, and may send its parts: its origin is checked.
    return OWN_SITES.issuperset(sites) or (method in {"PUT", "OPTIONS"} and bool(origins))


def _is_loopback(address: str) -> bool:
    try:
        return urlsplit(address).hostname in LOOPBACK_NAMES
    except ValueError:
        return False


def guarded(application: Application) -> Application:
    """`application`, which then answers only requests that come from here, and no administrative ones."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_allowed(scope):
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"Refused by the local stack.\n"})
            return
        await application(scope, receive, send)

    return guard


def _is_allowed(scope: Scope) -> bool:
    administers = str(scope["path"]).startswith("/_ministack/") and scope["method"] != "GET"
    return not administers and is_from_here(scope["method"], scope["headers"])


def serve(port: int) -> None:
    """Serve the emulator on 127.0.0.1 until SIGTERM, which makes it write its state to disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(65536, max(hard, soft)) if hard > 0 else 10240, hard))
    application = importlib.import_module("ministack.app").app
    LargeObjects(
        importlib.import_module("ministack.services.s3"),
        importlib.import_module("ministack.core.responses").StreamingResponse,
        Path(os.environ["S3_DATA_DIR"]).with_name("parts"),
    ).install()
    config = importlib.import_module("hypercorn.config").Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_timeout = 75
    asyncio.run(importlib.import_module("hypercorn.asyncio").serve(guarded(application), config))


if __name__ == "__main__":
    serve(int(sys.argv[1]))
