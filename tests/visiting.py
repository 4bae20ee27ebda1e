"""What a person does in the dashboard, in a real browser: for the tests that go a way through the product."""

import re

from playwright.sync_api import Browser, BrowserContext, Page, expect

PATIENCE_MS = 30_000
PASSWORD = "correct horse battery"


def context_at(browser: Browser, address: str, *, patience_ms: int = PATIENCE_MS) -> BrowserContext:
    """A new visitor's windows, in which addresses begin at the product's."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=address)
    context.set_default_timeout(patience_ms)
    return context


def register(page: Page, email: str, *, name: tuple[str, str] = ("Dana", "Olsen")) -> None:
    """Create an account, and be signed in."""
    page.goto("/")
    page.get_by_role("tab", name="Create account").click()
    form = page.get_by_role("tabpanel", name="Create account")
    for label, value in (("First name", name[0]), ("Last name", name[1]), ("E-mail", email)):
        form.get_by_label(label).fill(value)
    for label in ("Password", "Repeat the password"):
        form.get_by_label(label, exact=True).fill(PASSWORD)
    form.get_by_role("button", name="Create account").click()
    heading(page, "Uploads")


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fill in the form that is on screen, and send it."""
    form = page.get_by_role("tabpanel", name="Sign in")
    form.get_by_label("E-mail").fill(email)
    form.get_by_label("Password", exact=True).fill(password)
    form.get_by_role("button", name="Sign in").click()


def heading(page: Page, name: str) -> None:
    """Wait until a page of this heading is on screen."""
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def click(page: Page, button: str) -> None:
    """Press the button of this name."""
    page.get_by_role("button", name=button).click()


def open_newest(page: Page) -> int:
    """Open the upload on top of the list as people do; its id."""
    page.goto("/")
    expect(page.get_by_text("Click an upload to open it.")).to_be_visible()
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_have_count(1)
    table.click(position={"x": 120, "y": 55})  # the first row: cells are drawn on a canvas
    page.wait_for_url(re.compile(r"/upload\?job=\d+"))
    return int(page.url.rpartition("=")[2])


def on_screen(page: Page, settled: int, of: int, subject: str) -> None:
    """Wait until so many of the issues are settled and the one about this row or address takes keys."""
    expect(page.get_by_text(f"{settled} of {of} issues settled")).to_be_visible()
    expect(page.get_by_test_id("stText").get_by_text(subject, exact=True)).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
