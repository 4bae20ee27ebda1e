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
    assert is_from_here([(name.encode(), value.encode()) for name, value in headers.items()]) is expected


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
