"""Traces without a worker: off, through a message, what is kept out of them, and a collector that is away."""

import json
import os
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dramatiq
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, StatusCode, TraceFlags

from ingestion.letters import read_letter
from ingestion.telemetry import traces
from ingestion.telemetry.trace_export import WithACause
from tasks.middleware import tracing
from tests.collector import collecting

ROOT = Path(__file__).resolve().parent.parent.parent
CLICK = SpanContext(0xABC, 0xDEF, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def in_a_process(script: str, **variables: str) -> str:
    """What a Python process says that runs a script with these variables set."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**environment, "DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c", **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return ended.stdout + ended.stderr


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """The spans of this process, as they end."""
    kept = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.sampler = WithACause(provider.sampler)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(traces, "_tracer", provider.get_tracer("tests"))
    yield kept
    provider.shutdown()


def message(**options: Any) -> dramatiq.Message[Any]:
    return dramatiq.Message("jobs", "process_job", (), {"job_id": 7, "file_key": "k"}, options)


def ids(span: ReadableSpan) -> tuple[int, int]:
    return span.context.trace_id, span.context.span_id


LOADED = """
import sys
import tasks.actors, dashboard.tracing, dashboard.workers
print(sorted({name.split(".")[1] for name in sys.modules if name.startswith("opentelemetry.")}))
"""


def test_without_a_collector_only_the_api_is_loaded() -> None:
    assert "sdk" not in in_a_process(LOADED)
    assert "instrumentation" not in in_a_process(LOADED)


def test_with_a_collector_the_rest_is_loaded_too() -> None:
    said = in_a_process(LOADED, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1")
    assert "'sdk'" in said
    assert "'instrumentation'" in said
    assert "'exporter'" in said


def test_a_message_carries_the_trace_to_whoever_works_on_it(made: InMemorySpanExporter) -> None:
    with traces.span("click"):
        sent = message()
        with tracing.sending(sent):
            pass
    received = dramatiq.Message.decode(sent.encode())
    with tracing.processing(received), traces.span("load"):
        pass
    send, click, load, process = made.get_finished_spans()
    assert {ids(span)[0] for span in (send, click, load, process)} == {ids(click)[0]}
    assert [span.parent and span.parent.span_id for span in (send, process, load)] == [
        ids(click)[1],
        ids(send)[1],
        ids(process)[1],
    ]
    assert send.kind is SpanKind.PRODUCER
    assert process.kind is SpanKind.CONSUMER
    assert process.attributes == {
        "messaging.system": "aws_sqs",
        "messaging.destination.name": "jobs",
        "messaging.operation.type": "process",
        "messaging.operation.name": "process",
        "messaging.message.id": sent.message_id,
        "ingestion.actor": "process_job",
        "ingestion.job.id": 7,
    }


def test_a_message_that_is_sent_again_stays_in_its_trace(made: InMemorySpanExporter) -> None:
    first, again = message(), message()
    with traces.span("click"), tracing.sending(first):
        pass
    again.options.update(first.options)
    with tracing.processing(first), tracing.sending(again):
        pass
    with tracing.processing(again):
        pass
    *_, second = made.get_finished_spans()
    assert {ids(span)[0] for span in made.get_finished_spans()} == {ids(second)[0]}
    assert again.options["traceparent"] != first.options["traceparent"]


@pytest.mark.parametrize(
    "options",
    [{}, {"traceparent": "garbage"}, {"traceparent": 5, "retries": 2}, {"traceparent": None}],
)
def test_a_message_without_a_trace_begins_one(made: InMemorySpanExporter, options: dict[str, Any]) -> None:
    with traces.span("click"), tracing.processing(message(**options)):
        pass
    process, click = made.get_finished_spans()
    assert process.parent is None
    assert ids(process)[0] != ids(click)[0]


def test_a_worker_that_traces_nothing_hands_the_trace_on() -> None:
    sent, again = message(), message()
    with trace.use_span(NonRecordingSpan(CLICK)), tracing.sending(sent):
        pass
    with tracing.processing(sent), tracing.sending(again):
        pass
    assert again.options["traceparent"] == f"00-{0xABC:032x}-{0xDEF:016x}-01"


def test_a_message_without_a_click_carries_nothing() -> None:
    sent = message()
    with tracing.sending(sent):
        pass
    assert sent.options == {}


def test_a_dead_letter_reads_the_same_with_a_trace() -> None:
    def letter(**options: str) -> Any:
        body = b64encode(json.dumps({**message().asdict(), "options": options}).encode()).decode()
        return read_letter("1", datetime(2026, 1, 1, tzinfo=UTC), body)

    plain = letter(traceback="ValueError: no")
    traced = letter(traceback="ValueError: no", traceparent=f"00-{1:032x}-{2:016x}-01", tracestate="")
    assert (traced.job_id, traced.actor, traced.error) == (plain.job_id, plain.actor, plain.error)
    assert traced.job_id == 7


def test_an_error_is_told_by_its_kind_and_not_in_its_words(made: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="ana"), traces.span("load"):
        raise ValueError("ana@example.com has no first name")
    (span,) = made.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes == {"error.type": "ValueError"}
    assert "ana" not in span.to_json()


def test_an_interruption_is_no_error(made: InMemorySpanExporter) -> None:
    with pytest.raises(KeyboardInterrupt), traces.span("load"):
        raise KeyboardInterrupt
    (span,) = made.get_finished_spans()
    assert span.status.status_code is StatusCode.UNSET


def test_what_is_repeated_all_the_time_is_left_out(made: InMemorySpanExporter) -> None:
    with traces.span("load"), traces.untraced():
        assert not trace.get_current_span().is_recording()
    assert [span.name for span in made.get_finished_spans()] == ["load"]


def test_requests_to_aws_that_nothing_caused_are_left_out(made: InMemorySpanExporter) -> None:
    with traces.span("SQS.ReceiveMessage", kind=SpanKind.CLIENT):
        pass
    with traces.span("copy"), traces.span("S3.GetObject", kind=SpanKind.CLIENT):
        pass
    assert [span.name for span in made.get_finished_spans()] == ["S3.GetObject", "copy"]


SPANS = """
from ingestion.settings import load_settings
from ingestion.telemetry import process, traces
process.start(load_settings(), "worker")
for _ in range(3):
    with traces.span("load"):
        pass
print("done")
"""


def test_spans_leave_a_process_before_it_ends() -> None:
    with collecting() as collector:
        said = in_a_process(SPANS, OTEL_EXPORTER_OTLP_ENDPOINT=f"{collector.address}/")
    assert said == "done\n"
    assert [(span.name, span.service) for span in collector.spans] == [("load", "data-ingestion-worker")] * 3


def test_how_much_is_traced_is_said_by_the_standard_variables() -> None:
    with collecting() as collector:
        in_a_process(
            SPANS,
            OTEL_EXPORTER_OTLP_ENDPOINT=collector.address,
            OTEL_TRACES_SAMPLER="parentbased_traceidratio",
            OTEL_TRACES_SAMPLER_ARG="0",
        )
    assert collector.spans == []


def test_a_collector_that_never_answers_does_not_hold_a_process_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        said = in_a_process(
            SPANS,
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{silent.getsockname()[1]}",
            OTEL_EXPORTER_OTLP_TIMEOUT="3600",  # the process would wait so long
        )
    assert said.startswith("done\n")
