"""Lines of the log in CloudWatch's embedded metric format, read by the rules of its specification."""

import json
from typing import Any

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
_MOST_DIMENSIONS = 30
_MOST_METRICS = 100
_MOST_VALUES = 100
_MOST_BYTES = 1024 * 1024
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
_UNITS = {"Count", "Seconds", "Bytes", "Count/Second"}


def read_line(line: bytes | str) -> dict[str, Any]:
    """The line as JSON. Asserts that CloudWatch would take metrics from it."""
    assert len(line.encode() if isinstance(line, str) else line) <= _MOST_BYTES
    said: dict[str, Any] = json.loads(line)
    about = said["_aws"]
    assert isinstance(about["Timestamp"], int)
    assert about["CloudWatchMetrics"]
    for directive in about["CloudWatchMetrics"]:
        assert set(directive) == {"Namespace", "Dimensions", "Metrics"}
        assert 1 <= len(directive["Namespace"]) <= 255
        _check_dimensions(said, directive["Dimensions"])
        _check_metrics(said, directive["Metrics"])
    return said


def lines_of(text: str) -> list[dict[str, Any]]:
    """The lines of a log that have metrics in them."""
    return [read_line(line) for line in text.splitlines() if line.startswith('{"_aws"')]


def values_of(lines: list[dict[str, Any]], name: str, **dimensions: str) -> list[float]:
    """All values of a metric, with these dimensions."""
    found: list[float] = []
    for line in lines:
        if name in line and all(line.get(key) == value for key, value in dimensions.items()):
            found += line[name] if isinstance(line[name], list) else [line[name]]
    return found


def _check_dimensions(said: dict[str, Any], sets: list[list[str]]) -> None:
    assert sets, "a metric without dimensions has one empty set of them"
    for names in sets:
        assert len(names) <= _MOST_DIMENSIONS
        assert len(names) == len(set(names))
        for name in names:
            assert isinstance(said[name], str), "the value of a dimension is a text of the root"
            assert 1 <= len(said[name]) <= 1024
            assert 1 <= len(name) <= 250


def _check_metrics(said: dict[str, Any], metrics: list[dict[str, str]]) -> None:
    assert 1 <= len(metrics) <= _MOST_METRICS
    for metric in metrics:
        assert set(metric) == {"Name", "Unit"}
        assert 1 <= len(metric["Name"]) <= 1024
        assert metric["Unit"] in _UNITS
        value = said[metric["Name"]]
        values = value if isinstance(value, list) else [value]
        assert 1 <= len(values) <= _MOST_VALUES
        assert all(isinstance(each, int | float) and not isinstance(each, bool) for each in values)
