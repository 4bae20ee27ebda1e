"""One upload's trace, drawn as a tree with times.

`.venv/bin/python -m trials.trace samples/clean.csv` starts a small collector and, in a copy, the product as
`run.py` does, uploads the file in a real browser, waits until a worker is done with it, and prints every span
from the click to the last statement.
"""

import argparse
import re
import signal
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import launched
from tests.collector import Collector, Span, collecting
from tests.launcher import Launcher, copy_of_project
from tests.visiting import register
from tests.worker import eventually

_PATIENCE_MS = 120_000
_WIDTH = 24
"""Characters of a bar as long as the whole trace."""
_TOLD = ("ingestion.rows", "user.id", "ingestion.job.id", "rpc.method", "error.type")
"""Attributes that are printed behind a span's name."""


def main(arguments: list[str]) -> int:
    """Upload the file, print the trace; 1 if none is complete."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path)
    file: Path = parser.parse_args(arguments).file.resolve()
    with (
        tempfile.TemporaryDirectory() as folder,
        copy_of_project(Path(folder)) as project,
        collecting() as collector,
    ):
        launcher = Launcher(project, OTEL_EXPORTER_OTLP_ENDPOINT=collector.address, WORKER_PROCESSES="1")
        try:
            address = launcher.address()
            with launched() as browser:
                _upload(browser.new_context(base_url=address).new_page(), file)
            eventually(lambda: _is_complete(collector), "the worker's spans arrived")
        finally:
            launcher.end(signal.SIGINT)
        trace = upload_in(collector)
        print("\n".join(waterfall(trace)))
        others = Counter(span.name for span in collector.spans if not span.parent_id)
        others.subtract(span.name for span in trace if not span.parent_id)
        print(f"\n{len(trace)} spans. Other traces: {', '.join(f'{n} {name}' for name, n in others.items())}")
    return 0


def upload_in(collector: Collector) -> list[Span]:
    """The spans of the trace in which something was uploaded; none before that."""
    found = {span.trace_id for span in collector.spans if span.name == "uploads.submit"}
    return [span for span in collector.spans if span.trace_id in found]


def waterfall(trace: Sequence[Span]) -> Iterator[str]:
    """A line a span, below what caused it: when it began and how long it took in milliseconds, and a bar."""
    children: defaultdict[str, list[Span]] = defaultdict(list)
    for span in sorted(trace, key=lambda span: span.start):
        children[span.parent_id].append(span)
    begin, end = min(span.start for span in trace), max(span.end for span in trace)
    yield f"trace {trace[0].trace_id}"
    yield f"{'began':>8} {'took':>8}"
    waiting = [(span, 0) for span in reversed(children[""])]
    while waiting:
        span, depth = waiting.pop()
        yield _line(span, depth, begin, end)
        waiting += [(child, depth + 1) for child in reversed(children[span.span_id])]


def _line(span: Span, depth: int, begin: int, end: int) -> str:
    scale = _WIDTH / max(end - begin, 1)
    first = min(int((span.start - begin) * scale), _WIDTH - 1)
    length = max(round((span.end - span.start) * scale), 1)
    bar = (" " * first + "█" * length)[:_WIDTH].ljust(_WIDTH)
    told = " ".join(f"{name}={span.attributes[name]}" for name in _TOLD if name in span.attributes)
    service = span.service.removeprefix("data-ingestion-")
    times = f"{(span.start - begin) / 1e6:8.1f} {(span.end - span.start) / 1e6:8.1f}"
    return f"{times} {bar} {service:9} {'  ' * depth}{span.name}  {told}".rstrip()


def _upload(page: Page, file: Path) -> None:
    expect.set_options(timeout=_PATIENCE_MS)
    register(page, "traced@example.com")
    page.locator("input[type=file]").first.set_input_files([file])
    button = page.get_by_role("button", name=re.compile("^Upload 1 file"))
    expect(button).to_be_enabled()
    button.click()
    expect(page.get_by_text("1 file uploaded")).to_be_visible()


def _is_complete(collector: Collector) -> bool:
    trace = upload_in(collector)
    ids = {span.span_id for span in trace}
    return any(span.kind == "consumer" for span in trace) and all(
        not span.parent_id or span.parent_id in ids for span in trace
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
