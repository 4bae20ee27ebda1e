"""What is said of a collector that does not answer."""

from typing import Any, cast

import pytest
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from ingestion.telemetry.trace_export import SaidOnce


class Failing(SpanExporter):
    """A collector that is away at times."""

    answers: list[SpanExportResult]

    def export(self, spans: Any) -> SpanExportResult:  # noqa: ARG002
        return self.answers.pop(0)


def test_it_is_said_once_that_the_collector_is_away(caplog: pytest.LogCaptureFixture) -> None:
    failing = Failing()
    bad, good = SpanExportResult.FAILURE, SpanExportResult.SUCCESS
    failing.answers = [good, bad, bad, bad, good, good, bad]
    exporter = SaidOnce(failing, "http://127.0.0.1:4318/v1/traces")
    for _ in range(7):
        exporter.export([])
    assert [cast("dict[str, str]", record.msg)["event"] for record in caplog.records] == [
        "traces_dropped",
        "traces_sent_again",
        "traces_dropped",
    ]
