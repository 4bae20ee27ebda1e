"""Requests to the product's own routes as traces."""

import asyncio
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message

from dashboard.tracing import TracedRoutes
from ingestion.telemetry import traces


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    kept = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(traces, "_tracer", provider.get_tracer("tests"))
    yield kept
    provider.shutdown()


def answer(_: Request) -> Response:
    with traces.span("read"):  # in a thread of the pool
        return PlainTextResponse("no", status_code=404)


def get(path: str) -> None:
    """Ask the application as a server does that speaks ASGI."""
    app = Starlette(routes=[Route("/{path:path}", answer)], middleware=[Middleware(TracedRoutes)])

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: Message) -> None:
        pass

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    asyncio.run(app(scope, receive, send))


def test_a_download_is_a_trace_named_without_its_numbers(made: InMemorySpanExporter) -> None:
    get("/downloads/17/contacts-v3.csv")
    read, request = made.get_finished_spans()
    assert request.name == "GET /downloads/{number}/contacts-v{number}.csv"
    assert request.attributes == {
        "http.request.method": "GET",
        "http.route": "/downloads/{number}/contacts-v{number}.csv",
        "url.path": "/downloads/17/contacts-v3.csv",
        "http.response.status_code": 404,
    }
    assert read.parent is not None
    assert read.parent.span_id == request.context.span_id


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/", "/_stcore/stream", "/static/index.js", "/downloads/ana@example.com", "/downloads/Ana"],
)
def test_other_requests_begin_no_trace(made: InMemorySpanExporter, path: str) -> None:
    get(path)
    assert [span.name for span in made.get_finished_spans()] == ["read"]
