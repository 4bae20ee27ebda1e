"""An outlet of metrics that keeps what it gets."""

from ingestion.telemetry.instruments import Metric


class Recorder:
    """Keeps what was measured."""

    def __init__(self) -> None:
        self.seen: list[tuple[Metric, float, str]] = []
        self.flushed = 0

    def record(self, metric: Metric, value: float, of: str) -> None:
        self.seen.append((metric, value, of))

    def flush(self) -> None:
        self.flushed += 1

    def of(self, metric: Metric) -> list[tuple[float, str]]:
        """The values of a metric, each with its label's value."""
        return [(value, of) for seen, value, of in self.seen if seen is metric]

    def counted(self) -> dict[tuple[str, str], float]:
        """The sums of what was recorded, by name and label's value."""
        sums: dict[tuple[str, str], float] = {}
        for metric, value, of in self.seen:
            sums[metric.name, of] = sums.get((metric.name, of), 0) + value
        return sums
