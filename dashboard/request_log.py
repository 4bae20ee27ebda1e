"""An id for every HTTP request, and a line in the log for those to our own routes."""

import re
import time
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingestion.telemetry import context
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

HEADER = "x-request-id"

_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_ROOT = re.compile(r"(?:^|;)\s*Root=([A-Za-z0-9-]{8,64})(?:;|$)")
"""AWS, "Request tracing for your Application Load Balancer": `Root=1-67891233-abcdef012345678912345678`."""

_OURS = ("/auth/", "/downloads/", "/direct-uploads")
_PROBES = ("/healthz", "/livez", "/metrics")
"""Asked every few seconds, by machines that see the answer themselves."""


class RequestLog:
    """Gives each request an id, which is answered in `x-request-id`, and notes how our own routes answered.

    The id is the one that came in `x-request-id` if it is well-formed, else the root of `x-amzn-trace-id`, by
    which the load balancer's own log knows the request, else a new one. Belongs around all other middleware.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _id_of(Headers(scope=scope))
        begun = time.perf_counter()
        status = 500  # where the application fails before it answers

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with context.bound(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                if _is_noted(scope["path"], status):
                    _note(scope, status, time.perf_counter() - begun)


def _id_of(headers: Headers) -> str:
    given = headers.get(HEADER, "")
    if _GIVEN.fullmatch(given):
        return given
    root = _ROOT.search(headers.get("x-amzn-trace-id", ""))
    return root[1] if root else context.new_request_id()


def _is_noted(path: str, status: int) -> bool:
    return path.startswith(_OURS) or (status >= 500 and path not in _PROBES)


def _note(scope: Scope, status: int, seconds: float) -> None:
    """Without the query, and with whose request it was where a route found that out."""
    ids: dict[str, Any] = {
        "user_id": scope.get("user_id"),
        "job_id": scope.get("path_params", {}).get("job_id"),
    }
    with context.bound(**ids):
        logger.info(
            "request",
            method=scope["method"],
            path=scope["path"],
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )
