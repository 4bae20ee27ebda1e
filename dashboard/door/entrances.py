"""Which addresses there are: Streamlit has more than these pages need, and a page for unknown ones."""

import re
from collections.abc import Sequence
from importlib.resources import as_file, files

from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.door.refusing import refuse

SOCKET = "/_stcore/stream"

_READ = ("GET", "HEAD")
_OPEN: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    # A page's address is one word; Streamlit shows which one, or its first.
    (re.compile(r"/(?:(?!static|media|component|oauth2callback)[a-z][a-z0-9_-]{0,40}/?)?"), _READ),
    (re.compile(r"/_stcore/(?:health|host-config)"), _READ),
    (re.compile(r"/media/[0-9a-z]+(?:\.[0-9a-z]+)*"), _READ),
    (re.compile(r"/_stcore/upload_file/[0-9a-f-]+/[0-9a-f-]+"), ("PUT", "DELETE")),
)


class Entrances:
    """Answers 404 to what is neither one of `routes`, our own, nor what the pages need of Streamlit.

    So there is no /_stcore/metrics, no agent interface, no sign-in of Streamlit's, no component's folder, and
    no page at /.env. A method that an address does not have is a 405.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._routes = routes
        self._files = _streamlits_files()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        refusal = None if scope["type"] == "lifespan" else self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await refuse(refusal, scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        path = scope["path"]
        if scope["type"] == "websocket":
            return None if path == SOCKET else _not_found()
        if any(route.matches(scope)[0] != Match.NONE for route in self._routes):
            return None  # which knows its methods
        methods = _READ if path in self._files else _methods_of(path)
        if methods is None:
            return _not_found()
        if scope["method"] not in methods:
            headers = {"allow": ", ".join(methods)}
            return PlainTextResponse("Method Not Allowed", status_code=405, headers=headers)
        return None


def _methods_of(path: str) -> tuple[str, ...] | None:
    return next((methods for open_, methods in _OPEN if open_.fullmatch(path)), None)


def _streamlits_files() -> frozenset[str]:
    """The paths of what its page is made of: for others in their folder it would answer with that page."""
    with as_file(files("streamlit").joinpath("static")) as folder:
        found = {f"/{path.relative_to(folder).as_posix()}" for path in folder.rglob("*") if path.is_file()}
    return frozenset(found - {"/index.html", "/manifest.json"})


def _not_found() -> Response:
    return PlainTextResponse("Not Found", status_code=404)
