"""What Prometheus reads, by name and labels."""

from prometheus_client.parser import text_string_to_metric_families


class Samples:
    """The samples of one page of metrics."""

    def __init__(self, content: bytes) -> None:
        self._values = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(content.decode())
            for sample in family.samples
        }

    def __contains__(self, name: str) -> bool:
        return any(name == sample for sample, _ in self._values)

    def value(self, name: str, **labels: str) -> float:
        return self._values[name, frozenset(labels.items())]
