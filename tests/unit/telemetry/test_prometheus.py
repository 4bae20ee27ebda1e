"""What Prometheus reads."""

import tempfile
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from ingestion.failures import Kind
from ingestion.telemetry import instruments, metrics, prometheus
from ingestion.telemetry.instruments import Gauge
from ingestion.telemetry.prometheus import Prometheus, StateCollector
from ingestion.telemetry.readings import Reading, Readings
from tasks.middleware import metrics as middleware
from tests.scraping import Samples


def state(*readings: Reading) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(StateCollector(Readings({"database": lambda: list(readings)})))
    return registry


def test_what_was_recorded_is_on_the_page() -> None:
    ours = Prometheus()
    ours.record(metrics.ROWS, 1000, "")
    ours.record(metrics.ROWS, 500, "")
    ours.record(metrics.FAILURES, 1, Kind.DATABASE)
    ours.record(metrics.STAGE_SECONDS, 0.2, "load")
    content, media_type = prometheus.page([ours.registry])
    samples = Samples(content)
    assert media_type.startswith("text/plain; version=0.0.4")
    assert samples.value("ingestion_rows_total") == 1500
    assert samples.value("ingestion_failures_total", kind="database") == 1
    assert samples.value("ingestion_job_stage_seconds_sum", stage="load") == 0.2
    assert samples.value("ingestion_job_stage_seconds_bucket", stage="load", le="0.05") == 0
    assert samples.value("ingestion_job_stage_seconds_bucket", stage="load", le="0.25") == 1


def test_what_can_be_counted_is_there_before_it_happens() -> None:
    """Or the first failure would be no increase to an alert."""
    samples = Samples(prometheus.page([Prometheus().registry])[0])
    for kind in Kind:
        assert samples.value("ingestion_failures_total", kind=kind) == 0


def test_gauges_are_read_for_the_page() -> None:
    content, _ = prometheus.page(
        [
            Prometheus().registry,
            state(Reading(metrics.JOBS, 3, "PENDING"), Reading(metrics.DEAD_LETTERS, 2)),
        ]
    )
    samples = Samples(content)
    assert samples.value("ingestion_jobs", status="PENDING") == 3
    assert samples.value("ingestion_dead_letters") == 2
    assert samples.value("ingestion_last_scrape_error", source="database") == 0


def test_a_gauge_that_is_set_is_left_to_its_reading() -> None:
    ours = Prometheus()
    for metric in instruments.declared():
        if isinstance(metric, Gauge):
            ours.record(metric, 1, "anything")
    assert b"ingestion_jobs" not in prometheus.page([ours.registry])[0]


def test_without_room_for_shared_values_there_are_none_and_the_worker_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    assert middleware._shared() is None
    assert "metrics_not_kept" in caplog.text


def test_nothing_is_served_of_processes_that_share_nothing(tmp_path: Path) -> None:
    assert prometheus.page([prometheus.shared(tmp_path / "not there")])[0] == b""
