"""One request or socket to an ASGI application, without a server."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass
class Answer:
    """What came back."""

    sent: list[Message] = field(default_factory=list)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> Headers:
        return Headers(raw=self.sent[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent[1:])


def asked(
    app: ASGIApp,
    path: str,
    method: str = "GET",
    *,
    kind: str = "http",
    headers: dict[str, str] | None = None,
    receive: Receive | None = None,
) -> Answer:
    """What an application sends, asked for a path as it stands in a request's first line."""
    scope = {
        "type": kind,
        "scheme": "http" if kind == "http" else "ws",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
    }
    answer = Answer()

    async def send(message: Message) -> None:
        answer.sent.append(message)

    asyncio.run(_run(app, scope, receive or _nothing(kind), send))
    return answer


def arriving(*chunks: bytes, pause: float = 0) -> Receive:
    """A body that comes in pieces, with a pause of so many seconds before each."""
    left: Iterator[bytes] = iter(chunks)
    count = len(chunks)

    async def receive() -> Message:
        nonlocal count
        await asyncio.sleep(pause)
        count -= 1
        return {"type": "http.request", "body": next(left), "more_body": count > 0}

    return receive


def answering(respond: Callable[[Scope, Receive], Awaitable[ASGIApp]]) -> ASGIApp:
    """An application that answers with what `respond` makes of a request."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await respond(scope, receive)
        await response(scope, receive, send)

    return app


async def _run(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


def _nothing(kind: str) -> Receive:
    async def receive() -> Message:
        if kind == "websocket":
            return {"type": "websocket.connect"}
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive
