"""What is declared, and how stages and pages are timed."""

import re
from pathlib import Path

import pytest

from ingestion.telemetry import instruments, metrics
from ingestion.telemetry.instruments import Counter, Distribution, Gauge, Metric, Unit
from ingestion.telemetry.stages import stage
from tests.recorder import Recorder

DOCS = Path(__file__).parents[3] / "docs" / "metrics.md"


@pytest.mark.parametrize("metric", instruments.declared(), ids=lambda metric: metric.name)
def test_names_and_units_follow_the_conventions_of_prometheus(metric: Metric) -> None:
    assert metric.name.startswith("ingestion_")
    assert metric.name.endswith("_total") == isinstance(metric, Counter)
    base = metric.name.removesuffix("_total")
    assert base.endswith("_seconds") == (metric.unit is Unit.SECONDS)
    assert base.endswith("_bytes") == (metric.unit is Unit.BYTES)
    assert base.endswith("_per_second") == (metric.unit is Unit.PER_SECOND)
    assert metric.help.endswith(".")
    if isinstance(metric, Distribution):
        assert list(metric.bounds) == sorted(set(metric.bounds))


def test_no_two_metrics_have_one_name() -> None:
    declared = instruments.declared()
    assert len({metric.name for metric in declared}) == len(declared)
    assert len({metric.cloudwatch_name for metric in declared}) == len(declared)


@pytest.mark.parametrize("metric", instruments.declared(), ids=lambda metric: metric.name)
def test_every_metric_is_in_the_documentation(metric: Metric) -> None:
    (row,) = [line for line in DOCS.read_text().splitlines() if line.startswith(f"| `{metric.name}` |")]
    kind = {Counter: "counter", Distribution: "histogram", Gauge: "gauge"}[type(metric)]
    assert [cell.strip() for cell in row.split("|")[2:6]] == [
        kind,
        f"`{metric.label}`" if metric.label else "",
        metric.unit,
        f"`{metric.cloudwatch_name}`",
    ]


def test_alerts_are_about_metrics_that_there_are() -> None:
    alerts = (DOCS.parent / "prometheus" / "alerts.yml").read_text()
    named = set(re.findall(r"ingestion_[a-z_]+", alerts))
    assert named
    assert named <= {metric.name for metric in instruments.declared()}


def test_a_stage_is_timed_when_it_is_completed(recorder: Recorder) -> None:
    with stage("load"):
        assert not recorder.seen
    ((seconds, name),) = recorder.of(metrics.STAGE_SECONDS)
    assert name == "load"
    assert seconds >= 0


def test_a_stage_that_an_error_ends_is_not_counted(recorder: Recorder) -> None:
    with pytest.raises(KeyError), stage("load"):
        raise KeyError
    assert not recorder.seen


def test_a_page_is_timed_and_its_error_counted(recorder: Recorder) -> None:
    with metrics.page("review"):
        pass
    with pytest.raises(KeyError), metrics.page("review"):
        raise KeyError
    assert [of for _, of in recorder.of(metrics.PAGE_SECONDS)] == ["review", "review"]
    assert recorder.of(metrics.PAGE_ERRORS) == [(1, "review")]


def test_a_page_that_streamlit_stops_or_runs_anew_has_no_error(recorder: Recorder) -> None:
    from streamlit.runtime.scriptrunner import RerunException, StopException
    from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

    for interruption in (StopException(), RerunException(RerunData())):
        with pytest.raises(type(interruption)), metrics.page("review"):
            raise interruption
    assert len(recorder.of(metrics.PAGE_SECONDS)) == 2
    assert not recorder.of(metrics.PAGE_ERRORS)


def test_a_file_is_counted_with_its_rows_and_its_pace(recorder: Recorder) -> None:
    metrics.taken_in(500, 2.0)
    assert [(metric, value) for metric, value, _ in recorder.seen] == [
        (metrics.FILES, 1),
        (metrics.ROWS, 500),
        (metrics.ROWS_PER_SECOND, 250),
    ]


def test_nothing_is_measured_without_an_outlet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instruments, "_outlets", ())
    metrics.taken_in(500, 2.0)
    instruments.flush()


def test_every_outlet_is_flushed(recorder: Recorder) -> None:
    instruments.flush()
    assert recorder.flushed == 1
