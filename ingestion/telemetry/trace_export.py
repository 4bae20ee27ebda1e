"""How spans leave a process: OpenTelemetry's SDK, OTLP over HTTP, and what is traced of boto3.

Imported by `traces.start` alone, and only where there is a collector.
"""

import atexit
import logging
from collections.abc import Sequence

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.botocore import BotocoreInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes

import db.tracing
from ingestion import product
from ingestion.telemetry import traces
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

_CHATTY = ("opentelemetry.exporter.otlp.proto.http.trace_exporter", "opentelemetry.sdk._shared_internal")
"""They write a line for each attempt that fails, and for spans that found no room."""


def start(address: str, service: str) -> TracerProvider:
    """Send this process's spans to an address, and trace statements and calls to AWS.

    How much is sampled, how long is waited and what headers are sent is said by OpenTelemetry's own variables
    (OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_TIMEOUT, OTEL_EXPORTER_OTLP_HEADERS, OTEL_BSP_…).
    """
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    resource = Resource.create(
        {"service.name": f"data-ingestion-{service}", "service.version": product.version()}
    )
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.sampler = WithACause(provider.sampler)
    # At most 2,048 spans wait, in a thread of its own; what comes beyond that is dropped.
    provider.add_span_processor(BatchSpanProcessor(SaidOnce(OTLPSpanExporter(address), address)))
    trace.set_tracer_provider(provider)
    BotocoreInstrumentor().instrument()  # type: ignore[no-untyped-call]
    db.tracing.trace_statements()
    atexit.register(traces.stop)
    return provider


class WithACause(Sampler):
    """Leaves out requests to AWS that no click and no message caused; of the rest `other` decides.

    Workers ask the queue for messages all day long, and look after what they hold.
    """

    def __init__(self, other: Sampler) -> None:
        self._other = other

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """Whether a span is recorded and sent."""
        if kind is SpanKind.CLIENT and not trace.get_current_span(parent_context).get_span_context().is_valid:
            return SamplingResult(Decision.DROP)
        return self._other.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        """For people who look at the provider."""
        return f"WithACause({self._other.get_description()})"


class SaidOnce(SpanExporter):
    """Says once that spans cannot be sent, and once that they can again."""

    def __init__(self, other: SpanExporter, address: str) -> None:
        self._other = other
        self._address = address
        self._is_away = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans. What cannot be sent is lost: nobody waits for a collector."""
        result = self._other.export(spans)
        failed = result is not SpanExportResult.SUCCESS
        if failed and not self._is_away:
            logger.warning("traces_dropped", collector=self._address)
        elif self._is_away and not failed:
            logger.warning("traces_sent_again", collector=self._address)
        self._is_away = failed
        return result

    def shutdown(self) -> None:
        """Send nothing more."""
        self._other.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Nothing waits here."""
        return self._other.force_flush(timeout_millis)
