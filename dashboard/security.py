"""What stands between the network and the pages: headers, the session cookie, the guard of some routes."""

import base64
import hashlib
import re
from importlib.resources import files
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import session_cookie
from dashboard.waiting import later
from db.engine import Sessions
from ingestion import health
from ingestion import sessions as web_sessions
from ingestion.accounts import Account
from ingestion.errors import Unavailable

# Streamlit serves these to everybody: files shown on a page, uploads, its own figures, its agent interface.
_NEEDS_SESSION = ("/media/", "/_stcore/upload_file", "/_stcore/metrics", "/_stcore/agent")


def account_of(connection: HTTPConnection, sessions: Sessions) -> Account | None:
    """Who sent this request, by its session cookie. Reads the database: call it off the event loop."""
    token = session_cookie.token_of(connection)
    account = web_sessions.account_of(sessions, token) if token else None
    if account is not None:
        connection.scope["user_id"] = account.id  # for the line in the log
    return account


def is_same_origin(connection: HTTPConnection) -> bool:
    """Whether a page of this very host sent the request. A browser names the origin of every POST."""
    origin = urlsplit(connection.headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc == connection.headers.get("host")


def content_security_policy(store: str) -> str:
    """Only this server's own code, styles and data; no evaluation of text, no frames in or around it.

    `store` is the one other place that pages may talk to, as `scheme://host/` or, where the host is shared,
    `scheme://host/bucket/`: large files are sent straight to it. The slash at its end allows what is below it
    (CSP level 3, "path-part matches").
    """
    scripts = " ".join(["'self'", "blob:", *_inline_script_hashes()])
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self' {store}",
            "worker-src 'self' blob:",
            "frame-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "object-src 'none'",
        ]
    )


def _inline_script_hashes() -> list[str]:
    # Streamlit's page has one inline script. Read from the installed page, the hash survives an upgrade.
    page = files("streamlit").joinpath("static/index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


class SecurityHeaders:
    """Adds the security headers to every answer, whoever gives it. `store` is where large files are sent."""

    def __init__(self, app: ASGIApp, store: str) -> None:
        self._app = app
        self._headers = {
            "content-security-policy": content_security_policy(store),
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)  # an answer may be stricter with itself
            await send(message)

        await self._app(scope, receive, send_with_headers)


class SessionGuard:
    """Answers 401 to whoever asks for Streamlit's files, uploads or figures without a session.

    Where nobody can tell whether there is one, 503.
    """

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        guarded = scope["type"] == "http" and scope["path"].startswith(_NEEDS_SESSION)
        refusal = await run_in_threadpool(self._refusal, HTTPConnection(scope)) if guarded else None
        await (self._app if refusal is None else refusal)(scope, receive, send)

    def _refusal(self, connection: HTTPConnection) -> Response | None:
        try:
            with health.answering():
                if account_of(connection, self._sessions):
                    return None
        except Unavailable as error:
            return later(error)
        return PlainTextResponse("Sign in first.", status_code=401)
