"""The product as `python3 run.py` starts it, and a browser to use it with."""

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import launched_or_skipped
from tests.launcher import Launcher, copy_of_project, run_to_its_end
from tests.visiting import PASSWORD, PATIENCE_MS, context_at

ADMINISTRATOR = "admin@example.com"
_ADDING = ("add", ADMINISTRATOR, "--first-name", "Ada", "--last-name", "Min", "--password-stdin")


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the product is that tests share, unless they set it up in a way of their own.

    It has an administrator already: whoever registers is an operator, who sees nothing of other tests.
    """
    with copy_of_project(tmp_path_factory.mktemp("product")) as project:
        launcher = Launcher(project)
        address = launcher.address()
        added = run_to_its_end(project, "users", *_ADDING, typed=f"{PASSWORD}\n")
        assert added.returncode == 0, added.stderr
        yield address
        launcher.end(signal.SIGINT)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of a module: while it runs, its thread has an event loop, and tests of others start their own."""
    expect.set_options(timeout=PATIENCE_MS)
    with launched_or_skipped() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page of a new visitor, which may ask nothing of other servers."""
    context = context_at(browser, address)
    page = context.new_page()
    elsewhere: list[str] = []
    page.on("request", lambda request: _note_foreign(request.url, address, elsewhere))
    blocked: list[str] = []
    page.on("console", lambda said: blocked.append(said.text) if "Security Policy" in said.text else None)
    yield page
    assert elsewhere == [], "the dashboard sent requests elsewhere"
    assert blocked == [], "the content-security policy stopped something"
    context.close()


def _note_foreign(url: str, address: str, elsewhere: list[str]) -> None:
    if not url.startswith((address, "data:", "blob:")):
        elsewhere.append(url)
