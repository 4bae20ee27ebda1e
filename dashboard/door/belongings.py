"""Files that Streamlit keeps for a page: those chosen for upload, and those that the page shows."""

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime

from dashboard import security, session_cookie
from dashboard.door import sockets
from dashboard.door.sizes import UPLOADS
from dashboard.waiting import later
from db.engine import Sessions
from ingestion import health
from ingestion.errors import Unavailable

_MEDIA = "/media/"


class Page(Protocol):
    """An open page: Streamlit's session of it."""

    def matches_user_info(self, user_info: sockets.UserInfo) -> bool:
        """Whether the page was opened by this user."""


def pages_of(path: str) -> Sequence[Page]:
    """The open pages that a file of /media/… or /_stcore/upload_file/… belongs to, by Streamlit's books."""
    streamlits = runtime.get_instance()
    if path.startswith(UPLOADS):
        ids = [path.removeprefix(UPLOADS).partition("/")[0]]
    else:
        file_id = PurePosixPath(path).stem
        media = streamlits.media_file_mgr
        with media._lock:  # Streamlit has no other way to ask; a test fails if this changes
            shown = media._files_by_session_and_coord.items()
            ids = [page for page, files in shown if file_id in files.values()]
    found = (streamlits.get_app_session(page) for page in ids)
    return [page for page in found if page is not None]


class Belongings:
    """Gives and takes a page's files to and from that page only.

    401 without a session, 503 where nobody can tell whether there is one, 404 for what belongs to others.
    """

    def __init__(
        self, app: ASGIApp, sessions: Sessions, pages: Callable[[str], Sequence[Page]] = pages_of
    ) -> None:
        self._app = app
        self._sessions = sessions
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        guarded = scope["type"] == "http" and scope["path"].startswith((_MEDIA, UPLOADS))
        refusal = await run_in_threadpool(self._refusal, HTTPConnection(scope)) if guarded else None
        await (self._app if refusal is None else refusal)(scope, receive, send)

    def _refusal(self, connection: HTTPConnection) -> Response | None:
        try:
            with health.answering():
                account = security.account_of(connection, self._sessions)
        except Unavailable as error:
            return later(error)
        if account is None:
            return PlainTextResponse("Sign in first.", status_code=401)
        owner = sockets.owner(session_cookie.token_of(connection))
        if any(page.matches_user_info(owner) for page in self._pages(connection.scope["path"])):
            return None
        return PlainTextResponse("Not Found", status_code=404)
