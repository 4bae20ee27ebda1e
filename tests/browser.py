"""The browser of the tests, the trials and the benchmarks."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
"""The program, if there is one."""
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield browser
        browser.close()


@contextmanager
def launched_or_skipped() -> Iterator[Browser]:
    """The same; where there is none to launch, whichever test asks is skipped."""
    if not CHROMIUM:
        pytest.skip("no Chromium: python3 run.py test installs one where it can, and says what is missing")
    with launched() as browser:
        yield browser
