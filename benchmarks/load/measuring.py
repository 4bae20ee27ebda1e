"""What operators saw, kept while a load is measured, and summed up."""

import math
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Summary:
    """Seconds that something took."""

    count: int
    median: float
    p95: float
    longest: float


def summed_up(seconds: Sequence[float]) -> Summary | None:
    """None where nothing was measured."""
    if not seconds:
        return None
    return Summary(len(seconds), percentile(seconds, 50), percentile(seconds, 95), max(seconds))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` percent of the values do not exceed (nearest rank)."""
    place = math.ceil(len(values) * share / 100)
    return sorted(values)[max(place, 1) - 1]


@dataclass
class Seen:
    """Seconds and errors of one measurement. Before it begins only errors are kept."""

    begins: float = 0.0
    """When (time.monotonic)."""
    pages: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """From what a person did until the page was there, by kind of page."""
    refreshes: list[float] = field(default_factory=list)
    """Of parts of pages that run again by themselves; nobody waits for these."""
    downloads: list[float] = field(default_factory=list)
    """Until the last byte."""
    settled: list[float] = field(default_factory=list)
    """From the click on Upload until the page says that the upload needs review or is completed."""
    sent: int = 0
    """Uploads that were accepted."""
    errors: Counter[str] = field(default_factory=Counter)

    def page(self, kind: str, seconds: float, problems: Sequence[str]) -> None:
        """A page came, with these problems on it."""
        if self._is_on():
            self.pages[kind].append(seconds)
        self.failed(kind, *problems)

    def refresh(self, seconds: float | None, problems: Sequence[str]) -> None:
        """A part of a page came again; None: it did not."""
        if seconds is not None and self._is_on():
            self.refreshes.append(seconds)
        self.failed("refresh", *problems)

    def download(self, seconds: float) -> None:
        """A file came, to its last byte."""
        if self._is_on():
            self.downloads.append(seconds)

    def failed(self, kind: str, *problems: str) -> None:
        """Something went wrong."""
        self.errors.update(f"{kind}: {' '.join(problem.split())}" for problem in problems)

    def _is_on(self) -> bool:
        return time.monotonic() >= self.begins

    @property
    def all_pages(self) -> Summary | None:
        """Of every kind."""
        return summed_up([seconds for of_kind in self.pages.values() for seconds in of_kind])
