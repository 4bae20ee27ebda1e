"""How much a request may bring, and how slowly."""

import asyncio
import time

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.door.refusing import refuse

UPLOADS = "/_stcore/upload_file/"

_MAX_PATH_BYTES = 2048
_MAX_QUERY_BYTES = 8 * 1024
_MAX_HEADER_BYTES = 32 * 1024
"""Of all of them together. uvicorn gives up on a head that is much longer."""
_MAX_BODY_BYTES = 16 * 1024
"""Of what is no file. Of a file Streamlit takes `server.maxUploadSize`, which it counts as it reads."""
_WHOLE_BODY_SECONDS = 30.0
_SILENCE_SECONDS = 60.0
"""A file may take its time, but not say nothing for so long."""


class _TooSlow(Exception):
    """The rest of the body does not come."""


class Sizes:
    """Refuses what is too long: addresses, headers, bodies; and what comes too slowly."""

    def __init__(
        self,
        app: ASGIApp,
        whole_body_seconds: float = _WHOLE_BODY_SECONDS,
        silence_seconds: float = _SILENCE_SECONDS,
    ) -> None:
        self._app = app
        self._whole_body_seconds = whole_body_seconds
        self._silence_seconds = silence_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refusal = _too_long(scope)
        if refusal is not None:
            await refuse(refusal, scope, receive, send)
        elif scope["type"] == "websocket":
            await self._app(scope, receive, send)
        else:
            await self._timed(scope, receive, send)

    async def _timed(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, self._impatient(receive, is_file=_is_file(scope)), send_and_note)
        except _TooSlow:
            if not begun:
                await _refusal(408, "The request did not come to its end.")(scope, receive, send)

    def _impatient(self, receive: Receive, *, is_file: bool) -> Receive:
        """What comes, in time, until the body is whole: later, nothing comes while the browser listens."""
        is_whole = False
        deadline = time.monotonic() + self._whole_body_seconds

        async def next_message() -> Message:
            nonlocal is_whole
            if is_whole:
                return await receive()
            left = self._silence_seconds if is_file else deadline - time.monotonic()
            try:
                async with asyncio.timeout(max(left, 0)):
                    message = await receive()
            except TimeoutError:
                raise _TooSlow from None
            is_whole = not message.get("more_body", False)
            return message

        return next_message


def _too_long(scope: Scope) -> Response | None:
    if len(scope.get("raw_path") or b"") > _MAX_PATH_BYTES or len(scope["query_string"]) > _MAX_QUERY_BYTES:
        return _refusal(414, "This address is too long.")
    if sum(len(name) + len(value) for name, value in scope["headers"]) > _MAX_HEADER_BYTES:
        return _refusal(431, "This request's headers are too long. Delete this site's cookies and try again.")
    return None if _is_file(scope) else _too_long_body(Headers(scope=scope))


def _too_long_body(headers: Headers) -> Response | None:
    if "transfer-encoding" in headers:  # a body without a length could be of any
        return _refusal(411, "This request does not say how long it is.")
    length = headers.get("content-length", "0")
    if not (length.isdecimal() and int(length) <= _MAX_BODY_BYTES):
        return _refusal(413, "This request is too long. Reload the page.")
    return None


def _is_file(scope: Scope) -> bool:
    path: str = scope["path"]
    return scope["type"] == "http" and scope["method"] == "PUT" and path.startswith(UPLOADS)


def _refusal(status: int, message: str) -> Response:
    return PlainTextResponse(message, status_code=status)
