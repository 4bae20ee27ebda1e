"""How a request or a socket is turned away."""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_POLICY = 1008  # RFC 6455 §7.4.1


async def refuse(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with `response`; a socket is refused before it is one, by an empty 403.

    It could have the answer's words, but no page shows them, and uvicorn logs such a socket as a failure.
    """
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": _POLICY})
    else:
        await response(scope, receive, send)
