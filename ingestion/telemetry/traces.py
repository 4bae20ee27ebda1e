"""Traces: of each click one, with all that comes of it, up to the last statement in a worker.

Spans are made through OpenTelemetry's API, whose spans cost next to nothing while nobody takes them. What
takes them (`trace_export`) is imported only where the settings name a collector.

Nothing that people typed or uploaded goes into a span: ids, counts and names from our own code do.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager

from opentelemetry import context, trace
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from ingestion.settings import Settings

Attributes = Mapping[str, AttributeValue]

SECONDS_TO_STOP = 2.0
"""So long the end of a process waits for a collector, at most."""

_tracer = trace.get_tracer("data_ingestion")
_w3c = TraceContextTextMapPropagator()
"""https://www.w3.org/TR/trace-context/: `traceparent` and `tracestate`."""

_send_rest: list[Callable[[], object]] = []
_end: list[Callable[[], object]] = []


def start(settings: Settings, service: str) -> None:
    """Have this process's spans sent to the collector that the settings name; without one do nothing.

    Once in a process, which does not fork afterwards, and before its first span.
    """
    endpoint = settings.otel_exporter_otlp_endpoint
    if not endpoint:
        return
    # Not at the top: whoever traces nothing does not wait for it.
    from ingestion.telemetry import trace_export

    provider = trace_export.start(f"{endpoint.rstrip('/')}/v1/traces", service)
    _send_rest.append(provider.force_flush)
    _end.append(provider.shutdown)


def flush(seconds: float = SECONDS_TO_STOP) -> None:
    """Send what waits to be sent, as long as that takes no longer: a Lambda sleeps after its answer."""
    for send in _send_rest:
        _within(seconds, send)


def stop() -> None:
    """Send what waits and send no more. A collector that does not answer delays nobody for long."""
    while _end:
        _within(SECONDS_TO_STOP, _end.pop())
    _send_rest.clear()


@contextmanager
def span(
    name: str, attributes: Attributes | None = None, *, kind: SpanKind = SpanKind.INTERNAL
) -> Iterator[Span]:
    """A part of the current trace, or the beginning of one. Also good as a decorator.

    An exception marks it as failed, by the exception's type: messages may hold what people wrote. What is no
    error (an interruption, Streamlit's own way to run a page again) does not.
    """
    with _tracer.start_as_current_span(
        name, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as made:
        try:
            yield made
        except Exception as error:
            kind_of_error = f"{type(error).__module__}.{type(error).__qualname__}"
            made.set_attribute("error.type", kind_of_error.removeprefix("builtins."))
            made.set_status(StatusCode.ERROR)
            raise


def about_job(job_id: int) -> None:
    """Say which job the current span is about."""
    trace.get_current_span().set_attribute("ingestion.job.id", job_id)


@contextmanager
def untraced() -> Iterator[None]:
    """Within this nothing is traced: for what is repeated so often that it would hide the rest."""
    token = context.attach(trace.set_span_in_context(trace.INVALID_SPAN))
    try:
        yield
    finally:
        context.detach(token)


def hand_on(options: MutableMapping[str, str]) -> None:
    """Write into a message's options which span caused it. Without one they are left as they are."""
    _w3c.inject(options)


@contextmanager
def continued(
    options: Mapping[str, object],
    name: str = "process",
    attributes: Attributes | None = None,
    *,
    kind: SpanKind = SpanKind.CONSUMER,
) -> Iterator[Span]:
    """A part of the trace that a message's options name; of a new one where they name none."""
    carrier = {key: value for key, value in options.items() if isinstance(value, str)}
    token = context.attach(_w3c.extract(carrier, context.Context()))
    try:
        with span(name, attributes, kind=kind) as made:
            yield made
    finally:
        context.detach(token)


def _within(seconds: float, work: Callable[[], object]) -> None:
    thread = threading.Thread(target=work, name="last traces", daemon=True)
    thread.start()
    thread.join(seconds)
