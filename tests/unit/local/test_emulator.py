import asyncio
from typing import Any

import pytest

from local.emulator import Message, Receive, Scope, Send, guarded, is_from_here


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, True),
        ({"Host": "127.0.0.1:4566"}, True),
        ({"Host": "localhost"}, True),
        ({"Host": "[::1]:4566"}, True),
        ({"Host": "rebound.example:4566"}, False),
        ({"Host": "127.0.0.1:4566", "Origin": "http://127.0.0.1:8501"}, True),
        ({"Host": "127.0.0.1:4566", "Origin": "http://localhost:8501"}, True),
        ({"Host": "127.0.0.1:4566", "Origin": "https://elsewhere.example"}, False),
        ({"Host": "127.0.0.1:4566", "Origin": "https://127.0.0.1.example"}, False),
        ({"Host": "127.0.0.1:4566", "Origin": "null"}, False),
        ({"Host": "[", "Origin": "http://["}, False),
    ],
)
def test_only_requests_from_this_machine_are_from_here(headers: dict[str, str], expected: bool) -> None:
    given = [(name.encode(), value.encode()) for name, value in headers.items()]
    assert is_from_here("POST", given) is expected


@pytest.mark.parametrize(
    ("method", "origin", "site", "expected"),
    [
        ("GET", None, "cross-site", False),  # an image on any page
        ("GET", None, "cross-origin", False),
        ("PUT", None, "cross-site", False),
        ("GET", "http://localhost:8501", "cross-site", False),
        ("POST", "http://localhost:8501", "cross-site", False),
        ("PUT", "https://elsewhere.example", "cross-site", False),
        ("OPTIONS", "https://elsewhere.example", "cross-site", False),
        ("PUT", "http://localhost:8501", "cross-site", True),
        ("OPTIONS", "http://localhost:8501", "cross-site", True),
        ("PUT", "http://127.0.0.1:8501", "same-site", True),
        ("GET", None, "same-origin", True),
        ("GET", None, "none", True),  # typed by the user
    ],
)
def test_other_sites_requests_are_not_from_here_even_without_an_origin(
    method: str, origin: str | None, site: str, expected: bool
) -> None:
    headers = [(b"host", b"127.0.0.1:4566"), (b"Sec-Fetch-Site", site.encode())]
    if origin:
        headers.append((b"origin", origin.encode()))
    assert is_from_here(method, headers) is expected


def status_of(method: str, path: str, headers: list[tuple[bytes, bytes]]) -> int:
    sent: list[Message] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001  the protocol's
        await send({"type": "http.response.start", "status": 200})

    async def receive() -> Message:
        return {}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "headers": headers}

    async def request() -> None:
        await guarded(application)(scope, receive, send)

    asyncio.run(request())
    return int(sent[0]["status"])


@pytest.mark.parametrize(
    ("method", "path", "origin", "status"),
    [
        ("POST", "/", "http://127.0.0.1:8501", 200),
        ("POST", "/", "https://elsewhere.example", 403),
        ("GET", "/_ministack/health", "http://127.0.0.1:8501", 200),
        ("POST", "/_ministack/reset", "http://127.0.0.1:8501", 403),
    ],
)
def test_the_guard_refuses_other_sites_and_resets(method: str, path: str, origin: str, status: int) -> None:
    assert status_of(method, path, [(b"host", b"127.0.0.1:4566"), (b"origin", origin.encode())]) == status


def test_the_guard_refuses_a_command_by_an_image_of_another_site() -> None:
    headers = [(b"host", b"127.0.0.1:4566"), (b"sec-fetch-site", b"cross-site")]
    assert status_of("GET", "/", headers) == 403
