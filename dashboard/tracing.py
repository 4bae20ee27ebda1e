"""Where traces begin: a run of a page, and a request to one of our own routes.

A page runs when it is opened and at each click on it. The runs by which parts of it (Streamlit's fragments)
keep themselves up to date every few seconds do not come by here, and are not traced.
"""

import re
from contextlib import AbstractContextManager

from opentelemetry.trace import Span, SpanKind
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ingestion.telemetry import traces

_OURS = re.compile(r"/(?:auth|downloads|direct-uploads)(?:/[a-z0-9.-]+)*")
"""Anything else that somebody types behind the host's name is not ours, and would end up in the trace."""
_NUMBER = re.compile(r"\d+")


def run_of(page: str, user_id: int) -> AbstractContextManager[Span]:
    """Around a run of a page, by its title, for somebody who is signed in."""
    return traces.span(f"page {page}", {"user.id": str(user_id)}, kind=SpanKind.SERVER)


class TracedRoutes:
    """Traces requests to the product's own routes, but for the one that a load balancer asks all the time."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http" or not _OURS.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        route = _NUMBER.sub("{number}", scope["path"])
        attributes = {
            "http.request.method": scope["method"],
            "http.route": route,
            "url.path": scope["path"],
        }
        with traces.span(f"{scope['method']} {route}", attributes, kind=SpanKind.SERVER) as span:

            async def send_and_tell(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            await self._app(scope, receive, send_and_tell)
