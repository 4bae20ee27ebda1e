"""Whose a page's socket is.

Streamlit keeps what a page knows in a session of its own, and gives that to whoever connects with its id: by
the id a browser finds its page again after the connection was interrupted. Streamlit compares only who the
user is, by the headers that it was told to trust. So each socket gets a header here that nobody but this
server can write, made of the session cookie. An id that was found out is worth nothing without the cookie.
"""

import hashlib
import secrets

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import session_cookie

_HEADER = "x-page-of"
_KEY = "page_of"
TRUSTED_HEADERS = {_HEADER: _KEY}
"""For Streamlit's `server.trustedUserHeaders`: the header, and its name in what Streamlit knows of a user."""

UserInfo = dict[str, str | bool | dict[str, str] | None]
"""What Streamlit knows of a user."""


class Sockets:
    """Marks each socket with whose it is, whatever it came with."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] == "websocket":
            name = _HEADER.encode()
            mark = _mark(session_cookie.token_of(HTTPConnection(scope))).encode()
            given = [(given, value) for given, value in scope["headers"] if given != name]
            scope = {**scope, "headers": [*given, (name, mark)]}
        await self._app(scope, receive, send)


def owner(token: str) -> UserInfo:
    """What Streamlit knows of the user of a page that was opened with this session token."""
    return {_KEY: _mark(token)}


def _mark(token: str) -> str:
    # No visitor's page is found again: nobody could tell whose it was. What was typed is in the browser.
    return hashlib.sha256(token.encode()).hexdigest() if token else secrets.token_hex(32)
