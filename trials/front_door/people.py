"""Who tries the front door: two users with an upload of the first, and a visitor."""

import http.client
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.load.protocol import Refreshed, Tab
from benchmarks.load.sign_in import registered
from benchmarks.load.web import XSRF_COOKIE, Web
from dashboard.session_cookie import SESSION_COOKIE


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    """By their names in small letters; of several of a name, the last."""
    cookies: list[str]
    body: bytes


@dataclass
class Person:
    """Somebody with a browser: its cookies, and an open page."""

    name: str
    address: str
    tab: Tab
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """Of the session; empty for a visitor."""
        return self.tab.web.cookies.get(SESSION_COOKIE, "")

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Ask as a page of this host would."""
        web = self.tab.web
        own = {"Cookie": web.cookie_header, "X-Xsrftoken": web.cookies.get(XSRF_COOKIE, "")}
        return ask(self.address, method, path, body, {"Origin": self.address} | own | headers)


@dataclass(frozen=True)
class People:
    """Who is there."""

    user: Person
    other: Person
    visitor: Person


@asynccontextmanager
async def people_of(address: str) -> AsyncIterator[People]:
    """Two who have just registered and one who has not, each with an open page."""

    def ignored(_: Refreshed) -> None:
        pass

    opened = [await registered(address, f"{secrets.token_hex(6)}@example.com", ignored) for _ in range(2)]
    opened.append(Tab(Web(address), ignored))
    await opened[2].open()
    names = ("user", "other user", "visitor")
    try:
        yield People(*(Person(name, address, tab) for name, tab in zip(names, opened, strict=True)))
    finally:
        for tab in opened:
            await tab.close()


def ask(
    address: str, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> Answer:
    """What the server answers to exactly this, with no cookie but those given."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    try:
        connection.request(method, path, body or None, headers or {})
        answer = connection.getresponse()
        return Answer(
            answer.status,
            {name.lower(): value for name, value in answer.getheaders()},
            answer.headers.get_all("Set-Cookie", []),
            answer.read(),
        )
    finally:
        connection.close()
