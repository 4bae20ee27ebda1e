"""The pictures of the documentation, taken anew from the product.

`python -m trials.pictures [--folder docs/pictures]`, in the environment that `python3 run.py test` makes: it
needs a Chromium. It starts the product as `run.py` does, in a copy of the project and without data, and goes
the way of docs/getting-started.md. Look at each picture before it is committed.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests import visiting
from tests.browser import launched
from tests.launcher import PROJECT, Launcher, copy_of_project, run_to_its_end
from tests.visiting import PASSWORD, click, context_at, open_newest, register

LARGEST = 150 * 1024
"""Bytes of a picture: pages load fast, and the repository stays small."""
_WINDOW = {"width": 1280, "height": 1300}
"""Pixels: so high that a page fits that asks how a file is read."""
_BELOW = 28
"""Pixels shown below what a picture ends with."""
_SAMPLES = PROJECT / "samples"
_COLLEAGUE = "ben@example.com"
_ANSWERS = (
    (7, "email", "s"),
    (8, "email", "1"),
    (9, "email", "s"),
    (11, "first_name", "a"),
    (12, "last_name", "a"),
    (13, "company", "a"),
    (14, "", "a"),
    (15, "", "a"),
)
"""Of the sample's rows: which, the field that has the cursor, and the key that settles it."""
_IN_PICTURE = 8
_SETTLE_MS = 700
"""After the last run of a page's script, until tables are drawn."""


@dataclass(frozen=True)
class Camera:
    """Takes pictures of one window into a folder."""

    page: Page
    folder: Path

    def take(self, name: str, *, down_to: Locator, below: int = _BELOW) -> None:
        """The window, cut so many pixels below an element, as a PNG of this name."""
        page = self.page
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        expect(page.get_by_test_id("stToast")).to_have_count(0)  # it would hide what is behind it
        page.mouse.move(_WINDOW["width"] // 2, 1)  # nothing there lights up
        page.wait_for_timeout(_SETTLE_MS)
        box = down_to.bounding_box()
        assert box is not None
        height = min(_WINDOW["height"], round(box["y"] + box["height"]) + below)
        page.screenshot(
            path=self.folder / f"{name}.png",
            clip={"x": 0, "y": 0, "width": _WINDOW["width"], "height": height},
        )


def main(arguments: list[str]) -> int:
    """Take all pictures; 1 if one of them is too large."""
    parser = argparse.ArgumentParser(prog="python -m trials.pictures", description=__doc__)
    parser.add_argument("--folder", type=Path, default=PROJECT / "docs" / "pictures")
    folder: Path = parser.parse_args(arguments).folder
    folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=visiting.PATIENCE_MS)
    with product() as (address, colleague), launched() as browser:
        context = context_at(browser, address)
        camera = Camera(context.new_page(), folder)
        camera.page.set_viewport_size({"width": _WINDOW["width"], "height": _WINDOW["height"]})
        for part in (begin, settle, finish):
            part(camera)
        answer_many(camera)
        share(camera, colleague)
        ask_for_columns(camera)
        context.close()
    sizes = {path.name: path.stat().st_size for path in sorted(folder.glob("*.png"))}
    for name, size in sizes.items():
        print(f"{size / 1024:6.0f} KB  {name}")
    return 1 if max(sizes.values()) > LARGEST else 0


@contextmanager
def product() -> Iterator[tuple[str, Callable[[], None]]]:
    """The product without any data; its address, and what makes a colleague's account."""
    with tempfile.TemporaryDirectory() as name, copy_of_project(Path(name)) as project:
        launcher = Launcher(project, MAX_UPLOAD_MB="5")

        def colleague() -> None:
            names = ("--first-name", "Ben", "--last-name", "Li", "--role", "reviewer", "--password-stdin")
            added = run_to_its_end(project, "users", "add", _COLLEAGUE, *names, typed=f"{PASSWORD}\n")
            assert added.returncode == 0, added.stderr

        yield launcher.address(), colleague
        launcher.end(signal.SIGINT)


def begin(camera: Camera) -> None:
    """The first account, the empty list, and a sample that was checked."""
    page = camera.page
    page.goto("/")
    create = page.get_by_role("tabpanel", name="Create account").get_by_role("button", name="Create account")
    expect(create).to_be_visible()
    camera.take("sign-in", down_to=create)
    register(page, "dana@example.com")
    camera.take("uploads", down_to=page.get_by_role("button", name="Try a sample"), below=56)
    click(page, "Try a sample")
    expect(page.get_by_role("button", name="Review 10 issues")).to_be_visible()
    camera.take("upload", down_to=page.get_by_role("link", name="Summary"))


def settle(camera: Camera) -> None:
    """All ten issues of the sample: a duplicate, an address, and the rest."""
    page = camera.page
    click(page, "Review 10 issues")
    visiting.on_screen(page, 0, 10, "j.becker@nordwind.de")
    camera.take("review", down_to=page.get_by_role("button", name="Answer many at once"))
    page.keyboard.press("2")
    for number, (row, field, key) in enumerate(_ANSWERS, start=1):
        visiting.on_screen(page, number, 10, f"Row {row}")
        if row == _IN_PICTURE:
            camera.take("correct", down_to=page.get_by_role("button", name="Answer many at once"))
        if field:
            expect(page.get_by_label(field, exact=True)).to_be_focused()
            page.keyboard.press("Escape")
        page.keyboard.press(key)
    visiting.on_screen(page, 9, 10, "billing@bluefinch.com")
    page.keyboard.press("m")


def finish(camera: Camera) -> None:
    """What finalizing gives, and where a contact comes from."""
    page = camera.page
    click(page, "Go on to finalize")
    finalize = page.get_by_role("button", name="Finalize", exact=True)
    expect(finalize).to_be_visible()
    camera.take("finalize", down_to=finalize)
    finalize.click()
    click(page, "Look at the contacts")
    page.get_by_placeholder("Search e-mail, name or company").fill("blue")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    hint = page.get_by_text("Choose a contact to see where it comes from.")
    expect(hint).to_be_visible()
    page.wait_for_timeout(_SETTLE_MS)
    page.get_by_test_id("stDataFrame").click(position={"x": 20, "y": 55})  # cells are drawn on a canvas
    expect(hint).to_have_count(0)
    camera.take("contacts", down_to=page.get_by_test_id("stDataFrame").nth(1), below=12)


def answer_many(camera: Camera) -> None:
    """The dialog that answers many issues at once, before it does."""
    page = camera.page
    send(page, "duplicates.csv")
    open_newest(page)
    click(page, "Review 5 issues")
    visiting.on_screen(page, 0, 5, "omar.haddad@cedarlink.com")
    page.keyboard.press("b")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Answer", exact=True).click()
    page.get_by_role("option", name="Keep the most complete row of each group").click()
    expect(dialog.get_by_role("button", name="Decide 4 issues")).to_be_visible()
    camera.take("many", down_to=dialog)
    page.keyboard.press("Escape")


def share(camera: Camera, colleague: Callable[[], None]) -> None:
    """The dialog that shares an upload, with a colleague in it."""
    page = camera.page
    colleague()
    open_newest(page)
    click(page, "Share …")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail address of their account").fill(_COLLEAGUE)
    dialog.get_by_role("button", name="Share", exact=True).click()
    expect(dialog.get_by_role("button", name="Take back")).to_be_visible()
    camera.take("share", down_to=dialog)


def ask_for_columns(camera: Camera) -> None:
    """What is asked about a file before it is taken."""
    page = camera.page
    page.goto("/")
    page.locator("input[type=file]").set_input_files([_SAMPLES / "no-email-column.csv"])
    use = page.get_by_role("button", name="Use these columns")
    expect(use).to_be_visible()
    camera.take("columns", down_to=use)


def send(page: Page, sample: str) -> None:
    """Upload a sample."""
    page.goto("/")
    page.locator("input[type=file]").set_input_files([_SAMPLES / sample])
    click(page, "Upload 1 file")
    expect(page.get_by_text("1 file uploaded")).to_be_visible()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
