"""Metrics for Prometheus.

prometheus_client decides when it is imported whether processes share their values, so it is imported as late
as that is known.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.telemetry.instruments import Counter, Distribution, Gauge, Metric, declared
from ingestion.telemetry.readings import Readings

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client import Metric as Family

_SHARED_BYTES = 256 * 1024
"""For all series of one kind and process; they take less than a tenth."""


class Prometheus:
    """Keeps what was counted and observed in this process. Gauges are read when Prometheus asks."""

    def __init__(self) -> None:
        import prometheus_client

        prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = prometheus_client.CollectorRegistry()
        self._takers: dict[Metric, Callable[[str], Callable[[float], None]]] = {
            metric: _taker(metric, self.registry)
            for metric in declared()
            if isinstance(metric, Counter | Distribution)
        }

    def record(self, metric: Metric, value: float, of: str) -> None:
        """Take one value."""
        if taker := self._takers.get(metric):
            taker(of)(value)

    def flush(self) -> None:
        """Nothing is held back."""


class StateCollector:
    """The gauges, read when they are asked for."""

    def __init__(self, readings: Readings) -> None:
        self._readings = readings

    def collect(self) -> Iterator["Family"]:
        """How everything stands, as far as that can be told."""
        from prometheus_client.core import GaugeMetricFamily

        families: dict[Gauge, GaugeMetricFamily] = {}
        for reading in self._readings.now():
            gauge = reading.gauge
            family = families.get(gauge)
            if family is None:
                labels = [gauge.label] if gauge.label else []
                family = families[gauge] = GaugeMetricFamily(gauge.name, gauge.help, labels=labels)
            family.add_metric([reading.of] if gauge.label else [], reading.value)
        yield from families.values()


def share_in(folder: Path) -> Prometheus:
    """Keep this process's values in a folder, where `shared` finds them. Before any other use of Prometheus.

    Raises OSError where there is no room for them.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    for kind in ("counter", "histogram"):
        # prometheus_client maps a file with holes into memory. On a disk that is full by the time a hole is
        # filled that ends the process, so there are none: it finds the file as large as it will ever be.
        (folder / f"{kind}_{os.getpid()}.db").write_bytes(bytes(_SHARED_BYTES))
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return Prometheus()


def shared(folder: Path) -> "CollectorRegistry":
    """What all processes counted that share their values in a folder."""
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    if folder.is_dir():  # else no process had room for it, and each has said so
        MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    return registry


def page(registries: Iterable["CollectorRegistry"]) -> tuple[bytes, str]:
    """What Prometheus is answered, and its media type."""
    from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

    return b"".join(map(generate_latest, registries)), CONTENT_TYPE_PLAIN_0_0_4


def _taker(metric: Metric, registry: "CollectorRegistry") -> Callable[[str], Callable[[float], None]]:
    import prometheus_client

    labels = [metric.label] if metric.label else []
    family: prometheus_client.Counter | prometheus_client.Histogram
    if isinstance(metric, Distribution):
        family = prometheus_client.Histogram(
            metric.name, metric.help, labels, registry=registry, buckets=metric.bounds
        )
    else:
        family = prometheus_client.Counter(metric.name, metric.help, labels, registry=registry)

    def take(of: str) -> Callable[[float], None]:
        child = family.labels(of) if labels else family
        return child.inc if isinstance(child, prometheus_client.Counter) else child.observe

    for value in metric.values:
        take(value)
    return take
