"""Files that Streamlit keeps for a page: those chosen for upload, and those that the page shows."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config, runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from dashboard import security, session_cookie
from dashboard.door import sockets
from dashboard.door.sizes import UPLOADS
from dashboard.waiting import later
from db.engine import Sessions
from ingestion import health
from ingestion.errors import Unavailable
from ingestion.rules.permissions import Permission, Role, without_upload
from ingestion.settings import MEGABYTE

_MEDIA = "/media/"
_MOST_FILES = 50
_LEAST_ROOM = 200 * MEGABYTE


class Page(Protocol):
    """An open page: Streamlit's session of it."""

    def matches_user_info(self, user_info: sockets.UserInfo) -> bool:
        """Whether the page was opened by this user."""


def pages_of(path: str) -> Sequence[Page]:
    """The open pages that a file of /media/… or /_stcore/upload_file/… belongs to, by Streamlit's books."""
    streamlits = runtime.get_instance()
    if path.startswith(UPLOADS):
        ids = [_page_id(path)]
    else:
        file_id = PurePosixPath(path).stem
        media = streamlits.media_file_mgr
        with media._lock:  # Streamlit has no other way to ask; a test fails if this changes
            shown = media._files_by_session_and_coord.items()
            ids = [page for page, files in shown if file_id in files.values()]
    found = (streamlits.get_app_session(page) for page in ids)
    return [page for page in found if page is not None]


def sizes_of(page_id: str) -> list[int]:
    """The bytes of each file that a page was sent and still has, by Streamlit's books."""
    manager = runtime.get_instance().uploaded_file_mgr
    assert isinstance(manager, MemoryUploadedFileManager), "the one that Streamlit's server makes"
    with manager._lock:  # Streamlit has no other way to ask; a test fails if this changes
        return [len(file.data) for file in manager.file_storage.get(page_id, {}).values()]


class Belongings:
    """Gives and takes a page's files to and from that page only, so many at a time as people need.

    401 without a session, 503 where nobody can tell whether there is one, 404 for what belongs to others; 403
    for a file of somebody who may not upload, 413 for one too many.
    """

    def __init__(
        self,
        app: ASGIApp,
        sessions: Sessions,
        pages: Callable[[str], Sequence[Page]] = pages_of,
        sizes: Callable[[str], Sequence[int]] = sizes_of,
    ) -> None:
        self._app = app
        self._sessions = sessions
        self._pages = pages
        self._sizes = sizes
        self._coming: defaultdict[str, list[int]] = defaultdict(list)
        """The bytes of each file that a page is being sent at the moment."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        guarded = scope["type"] == "http" and scope["path"].startswith((_MEDIA, UPLOADS))
        refusal = await run_in_threadpool(self._refusal, HTTPConnection(scope)) if guarded else None
        if refusal is not None:
            await refusal(scope, receive, send)
        elif guarded and scope["method"] == "PUT":
            await self._take(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have a file taken, unless the page has so many, or would once those that are coming were there."""
        page_id = _page_id(scope["path"])
        largest = config.get_option("server.maxUploadSize") * MEGABYTE
        # The server under this one holds a body to the length that it announces.
        size = int(Headers(scope=scope).get("content-length", largest))
        sizes = [*self._sizes(page_id), *self._coming.get(page_id, ()), size]
        if len(sizes) > _MOST_FILES or sum(sizes) > max(2 * largest, _LEAST_ROOM):
            await _too_many(scope, receive, send)
            return
        self._coming[page_id].append(size)
        try:
            await self._app(scope, receive, send)
        finally:
            self._coming[page_id].remove(size)
            if not self._coming[page_id]:
                del self._coming[page_id]

    def _refusal(self, connection: HTTPConnection) -> Response | None:
        try:
            with health.answering():
                account = security.account_of(connection, self._sessions)
        except Unavailable as error:
            return later(error)
        if account is None:
            return PlainTextResponse("Sign in first.", status_code=401)
        owner = sockets.owner(session_cookie.token_of(connection))
        if not any(page.matches_user_info(owner) for page in self._pages(connection.scope["path"])):
            return PlainTextResponse("Not Found", status_code=404)
        may_upload = Permission.UPLOAD in without_upload(Role(account.role))
        if connection.scope["method"] == "PUT" and not may_upload:
            return PlainTextResponse("Uploading is not for this account.", status_code=403)
        return None


def _page_id(path: str) -> str:
    return path.removeprefix(UPLOADS).partition("/")[0]


_too_many = PlainTextResponse(
    "This page holds as many files as it can. Upload those first, or remove some.", status_code=413
)
