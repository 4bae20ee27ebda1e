"""A large file in a real browser: past the dashboard, in parts, interrupted, gone on with, cancelled."""

import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.launcher import Launcher, copy_of_project
from tests.visiting import context_at, register

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MEGABYTE = 1024 * 1024
PART = re.compile(r"partNumber=(\d+)")
DROP = """(zone, names) => {
    const dropped = new DataTransfer();
    for (const [at, [name, size]] of names.entries()) {
        dropped.items.add(new File([new Uint8Array(size).fill(97 + at)], name));
    }
    zone.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
}"""

DROP_VERSION = """(zone, lastModified) => {
    const dropped = new DataTransfer();
    dropped.items.add(new File([new Uint8Array(2 * 1024 * 1024)], "list.csv", { lastModified }));
    zone.dispatchEvent(new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true }));
}"""


@dataclass(frozen=True)
class Product:
    """A running product of which files above 1 MB go straight to the store."""

    address: str
    store: str

    @property
    def s3(self) -> "S3Client":
        session = boto3.Session("test", "test", region_name="us-east-1")
        return session.client("s3", endpoint_url=self.store)

    def uploads_under_way(self) -> int:
        return len(self.s3.list_multipart_uploads(Bucket="data-ingestion-bucket").get("Uploads", []))


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with copy_of_project(tmp_path_factory.mktemp("large")) as project:
        launcher = Launcher(project, MAX_UPLOAD_MB="64", DIRECT_UPLOAD_ABOVE_MB="1")
        store = launcher.wait_for(r"S3 and SQS +[\d.]+ s +(127\.0\.0\.1:\d+)")
        address = launcher.address()
        yield Product(address, f"http://{store}")
        launcher.end(signal.SIGINT)


@pytest.fixture
def page(browser: Browser, product: Product) -> Iterator[Page]:
    context = context_at(browser, product.address)
    page = context.new_page()
    yield page
    context.close()


def large_file(folder: Path, megabytes: int) -> Path:
    """A clean list of few and long rows."""
    path = folder / "large.csv"
    notes = "n" * 2000
    with path.open("w", encoding="utf-8") as file:
        file.write("email,first_name,last_name,company,notes\n")
        for number in range(megabytes * MEGABYTE // 2048):
            file.write(f"person{number}@example.com,Ana,No{number},Acme,{notes}\n")
    return path


def parts_sent(page: Page) -> list[int]:
    """The numbers of the parts that the page sends to the store from now on."""
    sent: list[int] = []
    page.on("request", lambda request: sent.extend(int(number) for number in PART.findall(request.url)))
    return sent


def until_ready(page: Page) -> None:
    """Wait until the page takes large files out of what is chosen."""
    page.locator("ul[data-ready]").wait_for(state="attached")


def files_of(page: Page) -> Locator:
    return page.get_by_role("list", name="Large files on their way").get_by_role("listitem")


@pytest.mark.browser
def test_an_upload_goes_on_after_the_page_was_loaded_again(
    page: Page, product: Product, tmp_path: Path
) -> None:
    path = large_file(tmp_path, 20)
    register(page, "lea@example.com")

    def only_the_first(route: Route) -> None:
        if PART.findall(route.request.url) == ["1"]:
            route.continue_()
        else:
            route.abort()

    page.route(PART, only_the_first)
    until_ready(page)
    page.locator("input[type=file]").set_input_files([path])
    expect(files_of(page)).to_contain_text(re.compile(r"interrupted.*Trying again in \d+ s"))
    expect(page.get_by_role("progressbar", name="large.csv")).to_have_attribute("aria-valuenow", "40")
    assert product.uploads_under_way() == 1

    page.reload()
    expect(files_of(page)).to_contain_text("Choose the same file again to go on.")
    expect(files_of(page)).to_contain_text("large.csv")
    page.unroute_all()  # not before: the page that was left might have sent another part
    sent = parts_sent(page)
    page.locator("input[type=file]").set_input_files([path])

    expect(page.get_by_text("large.csv uploaded")).to_be_visible()
    expect(files_of(page)).to_have_count(0)
    assert sorted(sent) == [2, 3]
    assert product.uploads_under_way() == 0
    stored = product.s3.head_object(Bucket="data-ingestion-bucket", Key="uploads/u1/job-1.csv")
    assert stored["ContentLength"] == path.stat().st_size
    page.goto("/upload?job=1")
    expect(page.get_by_text("Completed")).to_be_visible()

    page.goto("/")
    until_ready(page)
    page.locator("input[type=file]").set_input_files([path])
    expect(files_of(page)).to_contain_text("seems to have the same content as large.csv (upload 1).")
    page.get_by_role("button", name="Cancel: large.csv").click()
    expect(files_of(page)).to_have_count(0)


@pytest.mark.browser
def test_an_address_that_came_too_late_is_asked_for_anew(page: Page, product: Product) -> None:
    register(page, "ida@example.com")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/parts") else None)
    # What S3 says of an address after its time; the emulator looks at none.
    expired = (
        '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>'
    )
    refused = {"status": 403, "headers": {"access-control-allow-origin": "*"}, "body": expired}
    page.route(PART, lambda route: route.fulfill(**refused), times=1)
    until_ready(page)
    page.get_by_test_id("stFileUploaderDropzone").evaluate(DROP, [["late.csv", 2 * MEGABYTE]])

    expect(page.get_by_text("late.csv uploaded")).to_be_visible()
    assert len(asked) == 2
    assert product.uploads_under_way() == 0


@pytest.mark.browser
def test_large_files_of_a_drop_are_taken_out_and_can_be_cancelled(page: Page, product: Product) -> None:
    register(page, "max@example.com")
    page.route(PART, lambda route: route.abort())
    until_ready(page)
    zone = page.get_by_test_id("stFileUploaderDropzone")
    zone.evaluate(DROP, [["small.csv", 100], ["<b>big.csv", 3 * MEGABYTE], ["other.csv", 2 * MEGABYTE]])

    expect(page.get_by_role("button", name="Remove small.csv")).to_be_visible()
    expect(page.get_by_role("button", name="Remove other.csv")).to_have_count(0)
    expect(files_of(page)).to_have_count(2)
    expect(files_of(page).nth(0)).to_contain_text("<b>big.csv")
    expect(files_of(page).nth(0)).to_contain_text("Trying again in")
    assert product.uploads_under_way() == 2
    page.get_by_role("button", name="Cancel: <b>big.csv").click()
    page.get_by_role("button", name="Cancel: other.csv").click()
    expect(files_of(page)).to_have_count(0)
    assert product.uploads_under_way() == 0

    # Nor is it lost by what else happens on the page; and what is not taken is told why.
    zone.evaluate(DROP, [["list.exe", 2 * MEGABYTE], ["third.csv", 2 * MEGABYTE]])
    expect(files_of(page).nth(0)).to_contain_text("list.exe is none of the files")
    expect(files_of(page).nth(1)).to_contain_text("Trying again in")
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_role("heading", name="Account")).to_be_visible()
    page.get_by_role("link", name="Uploads").click()
    expect(files_of(page)).to_have_count(2)
    page.unroute_all()
    page.get_by_role("button", name="Close: list.exe").click()
    expect(page.get_by_text("third.csv uploaded")).to_be_visible()
    assert product.uploads_under_way() == 0


@pytest.mark.browser
def test_another_version_of_a_file_on_its_way_is_asked_about(page: Page, product: Product) -> None:
    register(page, "mia@example.com")
    page.route(PART, lambda route: route.abort())
    until_ready(page)
    zone = page.get_by_test_id("stFileUploaderDropzone")
    zone.evaluate(DROP_VERSION, 1000)
    expect(files_of(page).nth(0)).to_contain_text("Trying again in")

    zone.evaluate(DROP_VERSION, 2000)
    expect(files_of(page).nth(1)).to_contain_text("seems to have the same content as list.csv (upload")
    zone.evaluate(DROP_VERSION, 1000)
    expect(files_of(page).nth(2)).to_contain_text("which is on the list")

    page.get_by_role("button", name="Close: list.csv").click()
    for left in (1, 0):
        page.get_by_role("button", name="Cancel: list.csv").last.click()
        expect(files_of(page)).to_have_count(left)
    assert product.uploads_under_way() == 0
