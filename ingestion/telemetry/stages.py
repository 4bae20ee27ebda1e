"""The stages of a job: each a part of its trace, and timed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from ingestion.telemetry import metrics, traces
from ingestion.telemetry.metrics import Stage


@contextmanager
def stage(name: Stage) -> Iterator[None]:
    """Trace and time a stage. One that an error ends is not timed: how long it would take is not known."""
    began = time.perf_counter()
    with traces.span(name):
        yield
    metrics.STAGE_SECONDS.observe(time.perf_counter() - began, of=name)
