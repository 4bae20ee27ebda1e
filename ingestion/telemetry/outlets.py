"""Where a process's measurements go, by its settings."""

from ingestion.settings import Settings
from ingestion.telemetry import instruments
from ingestion.telemetry.emf import EmbeddedMetrics
from ingestion.telemetry.instruments import Outlet
from ingestion.telemetry.prometheus import Prometheus

_prometheus: list[Prometheus] = []


def start(settings: Settings, service: str) -> None:
    """Measure what this process does.

    A command measures nothing: it ends before anybody asks, and its standard output is not for that. A
    worker's processes do by `tasks.middleware.metrics`, which is told when they have begun: whoever sends a
    job imports the same modules.
    """
    if service not in ("worker", "command"):
        use(settings, service, Prometheus() if service == "dashboard" else None)


def use(settings: Settings, service: str, prometheus: Prometheus | None) -> None:
    """Send measurements to Prometheus if it is given, and to CloudWatch if the settings name a namespace."""
    outlets: list[Outlet] = []
    if prometheus is not None:
        outlets.append(prometheus)
        _prometheus[:] = [prometheus]
    if settings.metrics_namespace:
        embedded = EmbeddedMetrics(settings.metrics_namespace, service)
        if service != "lambda":  # which stands still between its invocations, and flushes at the end of each
            embedded.start()
        outlets.append(embedded)
    instruments.send_to(*outlets)


def prometheus() -> Prometheus | None:
    """Where this process keeps what Prometheus may ask for, if it does."""
    return _prometheus[0] if _prometheus else None
