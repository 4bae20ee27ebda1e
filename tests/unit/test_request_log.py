"""The id of a request, and its line in the log."""

import asyncio
import logging
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.request_log import RequestLog
from ingestion.telemetry import context


def asked(
    path: str, headers: dict[str, str] | None = None, *, status: int = 200, app: ASGIApp | None = None
) -> tuple[str, str | None]:
    """The id that is answered, and the one that was bound meanwhile."""
    bound: list[str | None] = []
    sent: list[Message] = []

    async def application(scope: Scope, _receive: Receive, send: Send) -> None:
        bound.append(context.request_id())
        scope["user_id"] = 5
        scope["path_params"] = {"job_id": 7}
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"secret=1",
        "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
    }
    asyncio.run(RequestLog(app or application)(scope, receive, send))
    return dict(sent[0]["headers"])[b"x-request-id"].decode(), bound[0]


def told(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    ours = (record for record in caplog.records if record.name == "dashboard.request_log")
    return [record.msg for record in ours if isinstance(record.msg, dict)]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"x-request-id": "abc-12345"}, "abc-12345"),
        (
            {"x-amzn-trace-id": "Root=1-67891233-abcdef012345678912345678"},
            "1-67891233-abcdef012345678912345678",
        ),
        ({"x-amzn-trace-id": "Self=1-2-3;Root=1-6789-abcdef;Sampled=1"}, "1-6789-abcdef"),
        ({"x-request-id": "from-the-proxy", "x-amzn-trace-id": "Root=1-6789-abcdef"}, "from-the-proxy"),
        ({"x-request-id": "a b", "x-amzn-trace-id": "Root=1-6789-abcdef"}, "1-6789-abcdef"),
    ],
)
def test_a_well_formed_id_is_taken_over_and_answered(headers: dict[str, str], expected: str) -> None:
    assert asked("/", headers) == (expected, expected)


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "two words", "ü" * 10, "line\\nbreak", "a" * 8 + "\t"]
)
def test_any_other_gets_a_new_one(given: str) -> None:
    first, bound = asked("/", {"x-request-id": given})
    assert first == bound != given
    assert len(first) == 32
    assert asked("/", {"x-request-id": given})[0] != first


def test_our_own_routes_are_noted_without_their_query(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    asked("/downloads/7/contacts.csv", status=404)
    (line,) = told(caplog)
    assert line.pop("milliseconds") >= 0
    assert line == {"event": "request", "method": "GET", "path": "/downloads/7/contacts.csv", "status": 404}


@pytest.mark.parametrize(
    ("path", "status", "is_noted"),
    [
        ("/static/js/main.js", 200, False),
        ("/healthz", 503, False),
        ("/livez", 503, False),
        ("/_stcore/upload_file/1", 500, True),
        ("/auth/exchange", 204, True),
        ("/direct-uploads", 200, True),
    ],
)
def test_of_others_only_failures_are(
    caplog: pytest.LogCaptureFixture, path: str, status: int, is_noted: bool
) -> None:
    caplog.set_level(logging.INFO)
    asked(path, status=status)
    assert bool(told(caplog)) is is_noted


def test_a_request_that_fails_is_noted_as_such(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError

    caplog.set_level(logging.INFO)
    with pytest.raises(RuntimeError):
        asked("/downloads/7/contacts.csv", app=broken)
    assert told(caplog)[0]["status"] == 500
    assert context.request_id() is None
