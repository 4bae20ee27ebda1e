"""The rounds of the trial: what is asked, and what should come back."""

import re

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.typing import Origin, Subprotocol

from dashboard.session_cookie import SESSION_COOKIE
from trials.front_door.people import People, Person, ask
from trials.front_door.seen import Check

_HEADERS = {
    "content-security-policy": re.compile(
        r"default-src 'self'; script-src ((?!unsafe)[^;])+; .*frame-ancestors 'none'.*"
    ),
    "x-content-type-options": re.compile("nosniff"),
    "x-frame-options": re.compile("DENY"),
    "referrer-policy": re.compile("same-origin"),
    "permissions-policy": re.compile(r".*camera=\(\).*"),
    "cross-origin-opener-policy": re.compile("same-origin"),
    "cross-origin-resource-policy": re.compile("same-origin"),
    "cache-control": re.compile("no-store"),
}
_CLOSED = (
    *("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent/interact", "/_stcore/agent/mcp"),
    *("/_stcore/agent/openapi.json", "/_stcore/bidi-components/a/b.js", "/_stcore/allowed-message-origins"),
    *("/component/a/index.html", "/app/static/a.txt", "/auth/login", "/auth/logout", "/oauth2callback"),
    *("/index.html", "/manifest.json", "/static/nowhere.js", "/.env", "/.git/config"),
)
_FOR_USERS = (
    *("/downloads/1/contacts.csv", "/downloads/1/contacts.xlsx", "/downloads/1/contacts-v1.csv"),
    *(
        "/downloads/1/to-correct.csv",
        "/downloads/1/left-out.csv",
        "/downloads/1/summary.html",
        "/media/abc.png",
    ),
)


def headers(address: str) -> list[Check]:
    """The headers of pages, errors and files."""
    checks = []
    for path in (
        "/",
        "/review",
        "/healthz",
        "/nowhere/at/all",
        "/media/abc.png",
        "/_stcore/health",
        "/uploads",
    ):
        seen = ask(address, "GET", path).headers
        wrong = [name for name, value in _HEADERS.items() if not value.fullmatch(seen.get(name, ""))]
        wrong += [name for name in ("server", "x-powered-by", "access-control-allow-origin") if name in seen]
        checks.append(Check("Headers", path, "all, and no banner", ", ".join(wrong) or "all, and no banner"))
    return checks


def cookies(people: People) -> list[Check]:
    """The attributes of the cookies that are set."""
    checks = []
    for answer in (
        people.visitor.ask("GET", "/_stcore/health"),
        people.visitor.ask("POST", "/auth/sign-out"),
    ):
        for cookie in answer.cookies:
            name, _, rest = cookie.partition("=")
            flags = {part.strip().lower().partition("=")[0] for part in rest.split(";")[1:]}
            expected = {"path", "samesite"} | ({"httponly"} if name == SESSION_COOKIE else set())
            kept = sorted(flags & {"path", "samesite", "httponly"})
            checks.append(Check("Cookies", name, ", ".join(sorted(expected)), ", ".join(kept)))
    return checks


def hosts(address: str) -> list[Check]:
    """Other names, and other origins."""
    named = [("127.0.0.1", 200), ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("a@b", 400)]
    checks = [
        Check("Hosts and origins", f"Host: {host}", str(status), _status(address, "GET", "/", {"Host": host}))
        for host, status in named
    ]
    for origin in ("https://evil.example", "null", f"{address}.evil.example"):
        for method, path in (
            ("POST", "/auth/exchange"),
            ("POST", "/direct-uploads"),
            ("PUT", "/_stcore/upload_file/a/b"),
        ):
            seen = _status(address, method, path, {"Origin": origin})
            checks.append(Check("Hosts and origins", f"{method} {path} from {origin}", "403", seen))
    return checks


def methods(address: str) -> list[Check]:
    """Methods that nothing here has."""
    asked = ("TRACE", "CONNECT", "OPTIONS", "PROPFIND", "PATCH", "DELETE", "NONSENSE")
    return [
        Check("Methods", f"{method} {path}", "405", _status(address, method, path, {"Origin": address}))
        for method in asked
        for path in ("/", "/favicon.png", "/auth/exchange")
    ]


def odd_requests(address: str) -> list[Check]:
    """What is too long, or means to be clever: refused, and never a failure."""
    asked = {
        "/../../etc/passwd": 404,
        "/%2e%2e/%2e%2e/etc/passwd": 404,
        "//evil.example/": 404,
        "/%00": 404,
        "/a%0d%0aSet-Cookie:x=y": 404,
        "/" + "a" * 3000: 414,
        "/?q=" + "a" * 9000: 414,
        f"/downloads/{'9' * 1500}/contacts.csv": 401,
    }
    checks = [
        Check("Odd requests", path[:40], str(status), _status(address, "GET", path))
        for path, status in asked.items()
    ]
    origin = {"Origin": address}
    chunked = _status(address, "POST", "/direct-uploads", origin | {"Transfer-Encoding": "chunked"})
    long = _status(address, "POST", "/direct-uploads", origin | {"Content-Length": "20000"})
    cookie = _status(address, "GET", "/", {"Cookie": "a=" + "b" * 40_000})
    return [
        *checks,
        Check("Odd requests", "a body of no length", "411", chunked),
        Check("Odd requests", "a body of 20 kB", "413", long),
        Check("Odd requests", "a cookie of 40 kB", "431", cookie),
    ]


async def routes(people: People) -> list[Check]:
    """Who gets what, by route; and whose page a file is sent to."""
    checks = [
        Check("Routes", f"{path}, as {person.name}", "404", str(person.ask("GET", path).status))
        for path in _CLOSED
        for person in (people.visitor, people.user)
    ]
    for path in _FOR_USERS:
        for person, status in ((people.visitor, 401), (people.other, 404)):
            seen = str(person.ask("GET", path).status)
            checks.append(Check("Routes", f"{path}, as {person.name}", str(status), seen))
    for path in ("/direct-uploads/1/parts", "/direct-uploads/1/complete", "/direct-uploads/1/cancel"):
        body = b'{"numbers": [1], "sent": 0}' if path.endswith("parts") else b"{}"
        for person, status in ((people.visitor, 401), (people.other, 404)):
            seen = str(person.ask("POST", path, body).status)
            checks.append(Check("Routes", f"{path}, as {person.name}", str(status), seen))
    place = f"/_stcore/upload_file/{people.user.tab.page.session_id}/0"
    for method, right in (("PUT", 204), ("DELETE", 204)):
        for person, status in ((people.visitor, 401), (people.other, 404), (people.user, right)):
            seen = str(_send(person, method, place))
            checks.append(
                Check("Routes", f"{method} a file to the user's page, as {person.name}", str(status), seen)
            )
    return checks


async def sockets(people: People) -> list[Check]:
    """Who may open a socket, and that a page's id alone opens nothing."""
    address = people.visitor.address
    asked = {
        "this host's page": (address, "/_stcore/stream", "open"),
        "no origin": (None, "/_stcore/stream", "403"),
        "another site's page": ("https://evil.example", "/_stcore/stream", "403"),
        "another name of this machine": (address.replace("127.0.0.1", "localhost"), "/_stcore/stream", "403"),
        "another path": (address, "/_stcore/other", "403"),
    }
    return [
        Check("Sockets", subject, expected, await _opened(address, path, origin))
        for subject, (origin, path, expected) in asked.items()
    ]


async def _opened(address: str, path: str, origin: str | None) -> str:
    try:
        async with connect(
            f"{address.replace('http', 'ws')}{path}",
            origin=Origin(origin) if origin else None,
            subprotocols=[Subprotocol("streamlit")],
        ):
            return "open"
    except InvalidStatus as refused:
        return str(refused.response.status_code)
    except (OSError, WebSocketException) as error:
        return type(error).__name__


def _send(person: Person, method: str, place: str) -> int:
    body = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a.csv"\r\n\r\nemail\r\n--x--\r\n'
    if method == "DELETE":
        return person.ask(method, place).status
    return person.ask(method, place, body, **{"Content-Type": "multipart/form-data; boundary=x"}).status


def _status(address: str, method: str, path: str, given: dict[str, str] | None = None) -> str:
    return str(ask(address, method, path, headers=given).status)
