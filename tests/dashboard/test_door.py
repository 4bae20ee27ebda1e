"""What the server refuses before a route or a page sees it, and what it says about every answer."""

import socket
from collections.abc import Iterator

import pytest
import urllib3
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.door.answers import Answers
from dashboard.door.callers import Callers
from dashboard.door.entrances import Entrances
from dashboard.door.sizes import Sizes
from db.engine import Sessions, make_engine, make_sessions
from ingestion.settings import Settings
from tests.asgi import answering, arriving, asked
from tests.dashboard.served import served

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@pytest.fixture(scope="module")
def sessions_of_module(settings: Settings) -> Sessions:
    return make_sessions(make_engine(settings.database_url))


@pytest.fixture(scope="module")
def host(settings: Settings, sessions_of_module: Sessions) -> Iterator[str]:
    with served(settings, sessions_of_module) as host:
        yield host


def ask(host: str, path: str = "/", method: str = "GET", **headers: str) -> urllib3.BaseHTTPResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with urllib3.PoolManager(retries=False) as pool:
        return pool.request(method, f"http://{host}{path}", headers=named, redirect=False, timeout=20)


def said(host: str, *lines: str) -> bytes:
    """What the server says to these very lines."""
    name, port = host.split(":")
    with socket.create_connection((name, int(port)), timeout=20) as connection:
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"))
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    "path",
    ["/", "/healthz", "/media/a.csv", "/a/nowhere", "/broken", "/downloads/1/contacts.csv", "/uploads"],
)
def test_every_answer_has_the_security_headers(host: str, path: str) -> None:
    headers = ask(host, path).headers

    assert {name: headers[name] for name in HEADERS} == HEADERS
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert "'unsafe-eval'" not in headers["content-security-policy"]
    assert "'unsafe-inline'" not in policy["script-src"]
    assert policy["frame-ancestors"] == "'none'"
    assert "camera=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers


def test_a_failure_is_told_without_its_reason(host: str) -> None:
    answer = ask(host, "/broken")

    assert (answer.status, answer.data) == (500, b"This did not work. Try again in a moment.")


@pytest.mark.parametrize(
    ("hops", "forwarded", "is_secure"),
    [(0, {}, False), (1, {}, False), (1, {"x-forwarded-proto": "http"}, False)]
    + [(hops, {"x-forwarded-proto": "https"}, hops > 0) for hops in (0, 1, 2)],
)
def test_what_came_by_tls_is_to_stay_there(hops: int, forwarded: dict[str, str], is_secure: bool) -> None:
    async def respond(_: Scope, __: Receive) -> ASGIApp:
        response = PlainTextResponse("")
        response.set_cookie("a", "1")
        response.set_cookie("b", "2", secure=True)
        return response

    answer = asked(Answers(answering(respond), "http://store/", hops), "/", headers=forwarded)

    assert answer.headers.get("strict-transport-security") == ("max-age=31536000" if is_secure else None)
    first, second = answer.headers.getlist("set-cookie")
    assert first.endswith("; Secure") == is_secure
    assert second.count("Secure") == 1


def test_streamlits_own_code_may_be_kept_and_its_leave_for_other_sites_is_dropped() -> None:
    async def respond(_: Scope, __: Receive) -> ASGIApp:
        return Response(headers={"cache-control": "public, immutable", "access-control-allow-origin": "*"})

    app = Answers(answering(respond), "http://store/", 0)
    code = asked(app, "/static/js/index.js").headers

    assert (code["cache-control"], "access-control-allow-origin" in code) == ("public, immutable", False)
    assert asked(app, "/media/a.png").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("named", "status"),
    [
        ("127.0.0.1", 200),
        ("localhost:8501", 200),
        ("LOCALHOST", 200),
        ("localhost.", 200),
        ("[::1]:1", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("127.0.0.1.evil.example:8501", 421),
        ("[::2]", 421),
        ("localhost@evil.example", 400),
        ("localhost:80:80", 400),
        ("localhost/", 400),
        ("", 400),
    ],
)
def test_only_the_names_of_this_host_are_answered(host: str, named: str, status: int) -> None:
    answer = said(host, "GET / HTTP/1.1", f"Host: {named}")

    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert (b"ALLOWED_HOSTS" in answer) == (status == 421)
    assert b"x-frame-options: DENY" in answer


def test_a_request_without_a_host_is_refused(host: str) -> None:
    assert said(host, "GET / HTTP/1.0").startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(("path", "body"), [("/livez", b'"starting"'), ("/healthz", b'"ok"')])
def test_a_load_balancer_asks_by_address(host: str, path: str, body: bytes) -> None:
    assert body in said(host, f"GET {path} HTTP/1.1", "Host: 10.0.0.7:8501")


ELSEWHERE = [
    "",
    "null",
    "https://evil.example",
    "http://{host}.evil.example",
    "http://127.0.0.1",
    "http://x@{host}",
]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize("origin", ELSEWHERE)
@pytest.mark.parametrize("path", ["/auth/sign-out", "/direct-uploads", "/_stcore/upload_file/a/b", "/"])
def test_nothing_is_changed_for_another_site(host: str, method: str, origin: str, path: str) -> None:
    headers = {"origin": origin.format(host=host)} if origin else {}

    answer = ask(host, path, method, **headers)

    assert (answer.status, answer.data) == (403, b"This request comes from another site.")


async def opened(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "websocket.accept"})


@pytest.mark.parametrize(
    ("headers", "is_opened"),
    [
        ({"host": "localhost:8501", "origin": "http://localhost:8501"}, True),
        ({"host": "localhost", "origin": "https://localhost"}, True),
        ({"host": "localhost:8501", "origin": "http://127.0.0.1:8501"}, False),
        ({"host": "localhost:8501", "origin": "https://evil.example"}, False),
        ({"host": "localhost:8501"}, False),
        ({"host": "evil.example", "origin": "http://evil.example"}, False),
        ({"origin": "http://localhost"}, False),
    ],
)
def test_a_socket_is_opened_by_pages_of_this_host_only(headers: dict[str, str], is_opened: bool) -> None:
    answer = asked(Callers(opened, ["localhost"]), "/_stcore/stream", kind="websocket", headers=headers)

    refused = {"type": "websocket.close", "code": 1008}
    assert answer.sent == [{"type": "websocket.accept"} if is_opened else refused]


def test_there_is_one_socket() -> None:
    entrances = Entrances(opened, [])

    assert asked(entrances, "/_stcore/stream", kind="websocket").sent == [{"type": "websocket.accept"}]
    assert asked(entrances, "/_stcore/other", kind="websocket").sent[0]["type"] == "websocket.close"


OURS: list[BaseRoute] = [Route("/downloads/{job:int}/a.csv", lambda _: PlainTextResponse("ours"))]


async def taken(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


@pytest.fixture(scope="module")
def entrances() -> Entrances:
    return Entrances(taken, OURS)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("HEAD", "/"),
        ("GET", "/uploads"),
        ("GET", "/review/"),
        ("GET", "/favicon.png"),
        ("GET", "/_stcore/health"),
        ("GET", "/_stcore/host-config"),
        ("GET", "/media/0123abc.png"),
        ("PUT", "/_stcore/upload_file/0123-abc/4567-def"),
        ("DELETE", "/_stcore/upload_file/0123-abc/4567-def"),
        ("GET", "/downloads/1/a.csv"),
    ],
)
def test_what_a_page_needs_is_there(entrances: Entrances, method: str, path: str) -> None:
    assert asked(entrances, path, method).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/script-health-check",
        "/_stcore/agent/interact",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/mcp",
        "/_stcore/bidi-components/a/b.js",
        "/_stcore/allowed-message-origins",
        "/component/a/index.html",
        "/component",
        "/auth/login",
        "/auth/logout",
        "/oauth2callback",
        "/app/static/a.txt",
        "/static",
        "/static/",
        "/static/nowhere.js",
        "/static/%2e%2e/index.html",
        "/index.html",
        "/manifest.json",
        "/.env",
        "/.git/config",
        "/wp-login.php",
        "/review/_stcore/health",
        "/review/../_stcore/metrics",
        "//evil.example",
        "/%00",
        "/a%00b",
        "/a%0d%0ab",
        "/c:/windows",
        "/%5cevil",
        "/media/..%2f..%2fetc%2fpasswd",
        "/_stcore/upload_file/a/b/c",
        "/downloads/x/a.csv",
    ],
)
def test_what_no_page_needs_is_not_there(entrances: Entrances, path: str) -> None:
    assert asked(entrances, path).status == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/", "GET, HEAD"),
        ("OPTIONS", "/", "GET, HEAD"),
        ("PROPFIND", "/review", "GET, HEAD"),
        ("PUT", "/favicon.png", "GET, HEAD"),
        ("DELETE", "/media/a.png", "GET, HEAD"),
        ("OPTIONS", "/_stcore/upload_file/a/b", "PUT, DELETE"),
        ("GET", "/_stcore/upload_file/a/b", "PUT, DELETE"),
    ],
)
def test_a_method_that_an_address_does_not_have_is_named(
    entrances: Entrances, method: str, path: str, allowed: str
) -> None:
    answer = asked(entrances, path, method)

    assert (answer.status, answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["GET /" + "a" * 2100 + " HTTP/1.1"], 414),
        (["GET /?q=" + "a" * 8200 + " HTTP/1.1"], 414),
        (["GET / HTTP/1.1", "Cookie: a=" + "b" * 40_000], 431),
        (["POST /auth/sign-out HTTP/1.1", "Origin: http://{host}", "Content-Length: 16385"], 413),
        (["POST /auth/sign-out HTTP/1.1", "Origin: http://{host}", "Content-Length: " + "9" * 10], 413),
        (["POST /auth/sign-out HTTP/1.1", "Origin: http://{host}", "Transfer-Encoding: chunked"], 411),
        (["GET / HTTP/1.1", "Transfer-Encoding: chunked"], 411),
        (["GET / HTTP/1.1", "Content-Length: -1"], 400),
        (["GET /\xff HTTP/1.1"], 400),
        (["GET /%ff HTTP/1.1"], 404),
        (["GET /downloads/" + "9" * 1500 + "/contacts.csv HTTP/1.1"], 401),
        (["GET /media/a.csv HTTP/1.1", "Cookie: ingestion_session=\xff\xfe"], 401),
        (
            ["POST /auth/exchange HTTP/1.1", "Origin: http://{host}", "X-Ticket: \xff", "Content-Length: 0"],
            403,
        ),
        (["GET http://evil.example/ HTTP/1.1"], 404),
        (["OPTIONS * HTTP/1.1"], 404),
    ],
)
def test_what_is_too_long_or_odd_is_refused_and_never_a_failure(
    host: str, lines: list[str], status: int
) -> None:
    first, *others = (line.format(host=host) for line in lines)

    answer = said(host, first, f"Host: {host}", *others)

    assert answer.startswith(f"HTTP/1.1 {status} ".encode()), answer[:200]


async def read(scope: Scope, receive: Receive) -> ASGIApp:
    return PlainTextResponse(await Request(scope, receive).body())


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_body_that_does_not_come_is_not_waited_for(method: str) -> None:
    path, length = "/_stcore/upload_file/a/b", {"content-length": "2"}
    hurried = Sizes(answering(read), whole_body_seconds=0.01, silence_seconds=0.01)
    never = arriving(b"a", b"b", pause=60)

    assert asked(hurried, path, method, headers=length, receive=never).status == 408
    assert (
        asked(Sizes(answering(read)), path, method, headers=length, receive=arriving(b"a", b"b")).body
        == b"ab"
    )
