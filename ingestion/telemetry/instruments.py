"""Kinds of metrics, and the outlets that measurements go to.

Without an outlet a measurement is a call that does nothing.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

PREFIX = "ingestion_"


class Unit(StrEnum):
    """What a value counts, by CloudWatch's names (API reference, MetricDatum)."""

    COUNT = "Count"
    SECONDS = "Seconds"
    BYTES = "Bytes"
    PER_SECOND = "Count/Second"


@dataclass(frozen=True, eq=False)
class Metric:
    """Something that is measured.

    `name` is Prometheus' (https://prometheus.io/docs/practices/naming/). `label` names what values are told
    apart by, `values` what it can be, where that is known beforehand: these are there from the start, as 0.
    """

    name: str
    help: str
    unit: Unit = Unit.COUNT
    label: str = ""
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _declared.append(self)

    @property
    def cloudwatch_name(self) -> str:
        """The name without `ingestion_` and `_total`, in CamelCase: JobStageSeconds."""
        return _camel_case(self.name.removeprefix(PREFIX).removesuffix("_total"))

    @property
    def dimension(self) -> str:
        """CloudWatch's name for the label."""
        return _camel_case(self.label)

    def _record(self, value: float, of: str) -> None:
        for outlet in _outlets:
            outlet.record(self, value, of)


class Counter(Metric):
    """Counts what happened. Its name ends in `_total`."""

    def add(self, amount: float = 1, *, of: str = "") -> None:
        """Count some more; `of` is the label's value."""
        if amount:
            self._record(amount, of)


@dataclass(frozen=True, eq=False)
class Distribution(Metric):
    """Values of which each one counts, such as times. Prometheus sorts them into buckets up to `bounds`."""

    bounds: tuple[float, ...] = ()

    def observe(self, value: float, *, of: str = "") -> None:
        """Note a value; `of` is the label's value."""
        self._record(value, of)


class Gauge(Metric):
    """How something stands. Prometheus has it read when it asks, so setting it is for CloudWatch."""

    def set(self, value: float, *, of: str = "") -> None:
        """Note how it stands; `of` is the label's value."""
        self._record(value, of)


class Outlet(Protocol):
    """Where measurements go. Neither method raises: what is measured must not fail by it."""

    def record(self, metric: Metric, value: float, of: str) -> None:
        """Take one value, with the label's value or an empty text."""

    def flush(self) -> None:
        """Write what was held back."""


_declared: list[Metric] = []
_outlets: tuple[Outlet, ...] = ()


def declared() -> tuple[Metric, ...]:
    """Every metric."""
    return tuple(_declared)


def send_to(*outlets: Outlet) -> None:
    """Have measurements go there, and to no other outlet any more."""
    global _outlets
    _outlets = outlets


def flush() -> None:
    """Have every outlet write what it held back."""
    for outlet in _outlets:
        outlet.flush()


def _camel_case(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
