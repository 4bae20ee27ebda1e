"""A server with our routes and guards, and what a browser asks it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie

import urllib3
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from dashboard import door
from dashboard.door.belongings import Belongings
from dashboard.routes import routes
from dashboard.session_cookie import SESSION_COOKIE
from db.engine import Sessions
from ingestion.accounts import Account
from ingestion.settings import Settings
from ingestion.storage import make_bucket
from ingestion.watch import Watch
from tests.sign_ins import ticket_of


def streamlits(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"Streamlit's {request.url.path}")


def broken(_: Request) -> PlainTextResponse:
    raise RuntimeError("on purpose")


PUBLIC_NAME = "contacts.example.com"
"""Under which the server is reached as well, by way of a proxy."""


class Everybodys:
    """A page that belongs to whoever asks."""

    def matches_user_info(self, _: object) -> bool:
        return True


@contextmanager
def served(settings: Settings, sessions: Sessions, watch: Watch | None = None) -> Iterator[str]:
    """The host and port of a server with our routes and guards, and stand-ins for Streamlit's own routes."""
    paths = [
        "/",
        "/media/{name}",
        "/_stcore/upload_file/{page}/{name}",
        "/_stcore/metrics",
        "/_stcore/health",
    ]
    settings = settings.model_copy(update={"allowed_hosts": (*settings.allowed_hosts, PUBLIC_NAME)})
    ours = [*routes(settings, sessions, make_bucket(settings), watch or Watch({})), Route("/broken", broken)]
    *around, _ = door.middleware(settings, sessions, ours)
    app = Starlette(
        routes=[*ours, *(Route(path, streamlits, methods=["GET", "PUT"]) for path in paths)],
        # Without Streamlit no page is there that has files: they are everybody's here, and none are kept.
        middleware=[
            *around,
            Middleware(
                Belongings, sessions=sessions, pages=lambda _: [Everybodys()], sizes=lambda _: list[int]()
            ),
        ],
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


class Browser:
    """Asks one host and keeps the session cookie, as a browser does."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.origin = f"http://{host}"
        self.token: str | None = None
        self._pool = urllib3.PoolManager(retries=False)

    def get(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        return self._ask("GET", path, headers)

    def ask(self, method: str, path: str) -> urllib3.BaseHTTPResponse:
        """By any method, from a page of this host."""
        return self._ask(method, path, {"origin": self.origin})

    def post(self, path: str, *, origin: str | None = "", **headers: str) -> urllib3.BaseHTTPResponse:
        """POST from a page of this host, or of another `origin`; None: no browser says nothing."""
        origin = self.origin if origin == "" else origin
        return self._ask("POST", path, headers | ({"origin": origin} if origin else {}))

    def exchange(self, ticket: str, *, origin: str | None = "") -> urllib3.BaseHTTPResponse:
        return self.post("/auth/exchange", origin=origin, **{"x-ticket": ticket})

    def sign_in(self, sessions: Sessions, account: Account) -> str:
        """The token of the new session."""
        assert self.exchange(ticket_of(sessions, account.email)).status == 204
        assert self.token
        return self.token

    def close(self) -> None:
        self._pool.clear()

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        if self.token:
            headers = {"cookie": f"{SESSION_COOKIE}={self.token}"} | headers
        answer = self._pool.request(
            method, f"http://{self.host}{path}", headers=headers, redirect=False, timeout=10
        )
        for line in answer.headers.getlist("set-cookie"):
            if SESSION_COOKIE in (cookies := SimpleCookie(line)):
                self.token = cookies[SESSION_COOKIE].value or None
        return answer
