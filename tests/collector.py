"""What takes traces in the tests and the trials: the smallest collector, on loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from google.protobuf.message import Message
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1 import trace_pb2


@dataclass(frozen=True)
class Span:
    """A span as it arrived. Times are in nanoseconds since 1970; `parent_id` is blank for the first one."""

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    kind: str
    service: str
    start: int
    end: int
    failed: bool
    attributes: dict[str, str | int | float | bool] = field(hash=False)
    events: int


class Collector:
    """Takes spans by OTLP over HTTP and keeps them."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.address = f"http://127.0.0.1:{server.server_port}"
        self._spans: list[Span] = []
        self._words: list[str] = []
        self._lock = threading.Lock()

    def take(self, body: bytes) -> None:
        """Keep what a request brings."""
        request = ExportTraceServiceRequest.FromString(body)
        with self._lock:
            self._words += _words(request)
            for of_resource in request.resource_spans:
                service = str(_values(of_resource.resource.attributes)["service.name"])
                for of_scope in of_resource.scope_spans:
                    self._spans += [_span(span, service) for span in of_scope.spans]

    @property
    def spans(self) -> list[Span]:
        """All so far."""
        with self._lock:
            return list(self._spans)

    @property
    def words(self) -> list[str]:
        """Every text that arrived, wherever it stood."""
        with self._lock:
            return list(self._words)


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector on a free port of 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            known = self.path == "/v1/traces"
            if known:
                collector.take(body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200 if known else 404)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    collector = Collector(server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()


def _span(span: trace_pb2.Span, service: str) -> Span:
    return Span(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        name=span.name,
        kind=trace_pb2.Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        service=service,
        start=span.start_time_unix_nano,
        end=span.end_time_unix_nano,
        failed=span.status.code == trace_pb2.Status.STATUS_CODE_ERROR,
        attributes=_values(span.attributes),
        events=len(span.events),
    )


def _words(message: Message) -> Iterator[str]:
    for field_, value in message.ListFields():
        for one in value if field_.is_repeated else [value]:
            if isinstance(one, Message):
                yield from _words(one)
            elif isinstance(one, str):
                yield one


def _values(attributes: "list[KeyValue]") -> dict[str, str | int | float | bool]:
    return {attribute.key: _value(attribute.value) for attribute in attributes}


def _value(value: AnyValue) -> str | int | float | bool:
    kind = value.WhichOneof("value")
    found: str | int | float | bool = getattr(value, kind) if kind else ""
    return found
