"""Metrics in the log, for CloudWatch."""

import pytest

from ingestion.telemetry import instruments, metrics
from ingestion.telemetry.emf import EmbeddedMetrics
from ingestion.telemetry.instruments import Counter, Distribution, Gauge
from tests.embedded_metrics import read_line


@pytest.fixture
def written() -> list[bytes]:
    return []


@pytest.fixture
def embedded(written: list[bytes]) -> EmbeddedMetrics:
    return EmbeddedMetrics("Ingestion/tests", "worker", written.append)


def test_every_metric_makes_a_line_that_cloudwatch_takes(
    embedded: EmbeddedMetrics, written: list[bytes]
) -> None:
    for metric in instruments.declared():
        embedded.record(metric, 0.25, "something" if metric.label else "")
    embedded.flush()
    lines = [read_line(line) for line in written]
    named = {metric["Name"] for line in lines for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
    assert named == {metric.cloudwatch_name for metric in instruments.declared()}
    assert {line["service"] for line in lines} == {"worker"}
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in written)


def test_a_counter_is_added_up_and_comes_by_its_label_and_whole(
    embedded: EmbeddedMetrics, written: list[bytes]
) -> None:
    for kind, amount in (("queue", 1), ("queue", 2), ("database", 5)):
        embedded.record(metrics.FAILURES, amount, kind)
    assert not written, "written before it is time"
    embedded.flush()
    lines = [read_line(line) for line in written]
    assert [(line["Kind"], line["Failures"]) for line in lines] == [("queue", 3), ("database", 5)]
    assert lines[0]["_aws"]["CloudWatchMetrics"] == [
        {
            "Namespace": "Ingestion/tests",
            "Dimensions": [[], ["Kind"]],
            "Metrics": [{"Name": "Failures", "Unit": "Count"}],
        }
    ]


def test_of_a_distribution_each_value_is_kept_and_100_are_written_at_once(
    embedded: EmbeddedMetrics, written: list[bytes]
) -> None:
    for number in range(101):
        embedded.record(metrics.STAGE_SECONDS, number, "load")
    (line,) = [read_line(line) for line in written]
    assert line["JobStageSeconds"] == list(range(100))
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["Stage"]]
    embedded.flush()
    assert read_line(written[1])["JobStageSeconds"] == 100


def test_a_gauge_is_written_at_once(embedded: EmbeddedMetrics, written: list[bytes]) -> None:
    embedded.record(metrics.JOBS, 3, "PENDING")
    assert [(line["Status"], line["Jobs"]) for line in map(read_line, written)] == [("PENDING", 3)]
    embedded.flush()
    assert len(written) == 1


def test_nothing_is_written_twice(embedded: EmbeddedMetrics, written: list[bytes]) -> None:
    embedded.record(metrics.ROWS, 7, "")
    embedded.flush()
    embedded.flush()
    assert len(written) == 1


def test_a_log_that_nobody_reads_any_more_ends_nothing() -> None:
    def broken(_: bytes) -> None:
        raise BrokenPipeError

    embedded = EmbeddedMetrics("Ingestion", "worker", broken)
    embedded.record(metrics.ROWS, 7, "")
    embedded.flush()


def test_lines_go_to_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    embedded = EmbeddedMetrics("Ingestion", "lambda")
    embedded.record(metrics.ROWS, 7, "")
    embedded.flush()
    assert read_line(capfd.readouterr().out)["Rows"] == 7


def test_a_full_line_is_no_longer_than_a_pipe_takes_at_once(
    embedded: EmbeddedMetrics, written: list[bytes]
) -> None:
    for _ in range(100):
        embedded.record(metrics.STAGE_SECONDS, 1234.123456789, "duplicates")
    assert len(written[0]) < 4096


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        (metrics.ROWS, "Rows"),
        (metrics.STAGE_SECONDS, "JobStageSeconds"),
        (metrics.UPLOAD_BYTES, "UploadBytes"),
        (metrics.QUEUE_OLDEST_SECONDS, "QueueOldestSeconds"),
    ],
)
def test_names_in_cloudwatch_follow_from_those_in_prometheus(
    metric: Counter | Distribution | Gauge, name: str
) -> None:
    assert metric.cloudwatch_name == name
