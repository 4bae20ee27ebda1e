"""A large file through the dashboard, in a real browser, with everybody's memory watched.

`.venv/bin/python -m trials.large_file [--megabytes 500] [--pictures FOLDER]` starts the product as `run.py`
does, in a copy, sends a generated file, waits until it is reviewed or completed, and prints the most memory
that each part of the product had before, while the file was sent, and while it was processed.
"""

import argparse
import re
import signal
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Page, expect

from benchmarks.files import rows_in
from tests.browser import launched
from tests.contacts import write_contacts
from tests.launcher import Launcher, copy_of_project
from tests.visiting import register

_PARTS = (("dashboard", "streamlit"), ("worker", "-m tasks --"), ("emulator", ".venv-aws"))
"""Of the product, and what stands in the command lines of their processes."""
_PATIENCE_MS = 600_000
_SETTLED_SECONDS = 10


class Memory:
    """The most that any process of each part held, in MB, by phase."""

    def __init__(self, launcher: int) -> None:
        self.phase = "idle"
        self.peaks: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
        self._launcher = psutil.Process(launcher)
        self._is_over = threading.Event()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look several times a second."""
        watch = threading.Thread(target=self._watch)
        watch.start()
        try:
            yield
        finally:
            self._is_over.set()
            watch.join()

    def _watch(self) -> None:
        while not self._is_over.wait(0.2):
            for process in self._launcher.children(recursive=True):
                try:
                    command, held = " ".join(process.cmdline()), process.memory_info().rss / 1e6
                except psutil.Error:
                    continue  # it has ended
                for part, mark in _PARTS:
                    if mark in command:
                        peaks = self.peaks[self.phase]
                        peaks[part] = max(peaks[part], held)


def main(arguments: list[str]) -> int:
    """Send the file, print seconds and memory."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=500)
    parser.add_argument("--pictures", type=Path, help="folder for pictures of the pages on the way")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, copy_of_project(Path(folder)) as project:
        file = Path(folder) / "large.csv"
        truth = write_contacts(file, rows=rows_in(options.megabytes))
        print(
            f"{file.stat().st_size / 1e6:,.1f} MB, {truth.rows:,} rows, {sum(truth.issues.values()):,} issues"
        )
        launcher = Launcher(project, MAX_UPLOAD_MB="2000")
        try:
            address = launcher.address()
            memory = Memory(launcher.process.pid)
            with memory.watched(), launched() as browser:
                context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
                _send(context.new_page(), file, memory, options.pictures)
        finally:
            launcher.end(signal.SIGINT)
    for phase, peaks in memory.peaks.items():
        print(f"{phase:12}" + "".join(f"  {part} {peaks[part]:.0f} MB" for part, _ in _PARTS))
    return 0


def _send(page: Page, file: Path, memory: Memory, pictures: Path | None) -> None:
    register(page, "large@example.com")
    page.locator("ul[data-ready]").wait_for(state="attached")
    time.sleep(_SETTLED_SECONDS)
    begun, memory.phase = time.monotonic(), "sending"
    page.locator("input[type=file]").set_input_files([file])
    page.get_by_role("progressbar", name=file.name).wait_for()
    _picture(page, pictures, "sending")
    expect(page.get_by_text(f"{file.name} uploaded")).to_be_visible(timeout=_PATIENCE_MS)
    sent, memory.phase = time.monotonic(), "processing"
    page.goto("/upload?job=1")
    page.get_by_text(re.compile("rows", re.IGNORECASE)).first.wait_for(timeout=_PATIENCE_MS)
    _picture(page, pictures, "processing")
    page.get_by_text(re.compile(r"^(Needs review|Completed)$")).first.wait_for(timeout=_PATIENCE_MS)
    print(f"sent in {sent - begun:.1f} s, processed {time.monotonic() - sent:.1f} s after that")
    time.sleep(_SETTLED_SECONDS)
    _picture(page, pictures, "processed")


def _picture(page: Page, folder: Path | None, name: str) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
