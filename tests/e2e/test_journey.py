"""The whole journey in a real browser, over the product as `python3 run.py` starts it."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import visiting
from tests.visiting import PATIENCE_MS, click, register

# What `samples/test-jobs.csv` becomes when each issue is settled as below.
CONTACTS = [
    ["aiko.tanaka@sumidaworks.jp", "愛子", "田中"],
    ["billing@bluefinch.com", "Nina", "Falk"],
    ["dan.reed@acornlabs.io", "Dan", "Reed"],
    ["emma.clark@bramble.co.uk", "Emma", "Clark"],
    ["j.becker@nordwind.de", "Jonas", "Becker"],
    ["k.nowak@vistula.pl", "", "Nowak"],
    ["lena@atelier-nord.dk", "Lena", ""],
    ["maria.lopez@harbourfoods.com", "María", "López"],
    ["oliver.grant@tidepool.studio", "Oliver", "Grant"],
    ["priya.shah@acornlabs.io", "Priya", "Shah"],
    ["sara.nilsson@fjordlabs.se", "Sara", "Nilsson"],
    ["yannick.dubois@crêperie-dubois.fr", "Yannick", "Dubois"],
]


def on_screen(page: Page, settled: int, subject: str) -> None:
    visiting.on_screen(page, settled, 10, subject)


def correct_email(page: Page, email: str) -> None:
    page.get_by_label("email", exact=True).fill(email)
    click(page, "Save")


@pytest.mark.browser
def test_from_registering_to_the_downloaded_contacts(page: Page, tmp_path: Path) -> None:
    register(page, "dana@example.com")
    click(page, "Try a sample")
    click(page, "Review 10 issues")

    on_screen(page, 0, "j.becker@nordwind.de")
    page.keyboard.press("1")
    on_screen(page, 1, "Row 7")
    correct_email(page, "not an address")
    expect(page.get_by_text("not an address: ")).to_be_visible()
    expect(page.get_by_label("email", exact=True)).to_be_focused()
    expect(page.get_by_label("email", exact=True)).to_have_value("not an address")
    click(page, "Leave this row out")
    on_screen(page, 2, "Row 8")
    correct_email(page, "emma.clark@bramble.co.uk")
    on_screen(page, 3, "Row 9")
    expect(page.get_by_label("email", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    for number, row in ((4, "Row 11"), (5, "Row 12"), (6, "Row 13")):  # a first name, a last name, a company
        on_screen(page, number, row)
        click(page, "Keep it blank")
    for number, row in ((7, "Row 14"), (8, "Row 15")):  # a cell too few, a cell too many
        on_screen(page, number, row)
        click(page, "Accept as shown")
    on_screen(page, 9, "billing@bluefinch.com")
    click(page, "Save merged record")

    click(page, "Go on to finalize")
    page.get_by_role("button", name="Finalize", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download contacts").click()
    assert download.value.suggested_filename == "test-jobs-contacts.csv"
    download.value.save_as(tmp_path / "contacts.csv")
    with (tmp_path / "contacts.csv").open(encoding="utf-8", newline="") as file:
        header, *contacts = csv.reader(file)
    assert header == ["email", "first_name", "last_name", "company", "phone", "job_title", "notes"]
    assert [contact[:3] for contact in contacts] == CONTACTS
    assert contacts[-1][3:] == [
        'Crêperie "Chez Dubois"',
        "+33 2 55 50 01 77",
        "Owner",
        "Closed on Mondays,\nopen late on Fridays",
    ]

    page.reload()
    expect(page.get_by_text("Completed")).to_be_visible()


@pytest.mark.browser
def test_many_issues_are_answered_at_once_and_the_answer_is_undone_as_one(page: Page) -> None:
    register(page, "fay@example.com")
    click(page, "Try a sample")
    click(page, "Review 10 issues")
    on_screen(page, 0, "j.becker@nordwind.de")

    page.keyboard.press("b")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Answer", exact=True).click()
    page.get_by_role("option", name="Keep the most complete row of each group").click()
    expect(dialog.get_by_text("Duplicate e-mail: 2 issues decided")).to_be_visible()
    expect(dialog.get_by_text("Duplicate e-mail · billing@bluefinch.com")).to_be_visible()
    dialog.get_by_role("button", name="Decide 2 issues").click()
    expect(page.get_by_text("2 of 10 issues settled")).to_be_visible()

    page.get_by_role("button", name="History").click()
    expect(page.get_by_text("Choose a decision to undo it.")).to_be_visible()
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_have_count(1)
    table.click(position={"x": 20, "y": 55})  # the mark of the first row: cells are drawn on a canvas
    click(page, "Undo: ask about 2 issues again")
    expect(page.get_by_text("Choose a decision to undo it.")).to_be_visible()
    click(page, "Issues")
    on_screen(page, 0, "j.becker@nordwind.de")


@pytest.mark.browser
def test_several_files_at_once_and_the_same_file_again(page: Page) -> None:
    register(page, "eli@example.com")
    samples = Path(__file__).resolve().parents[2] / "samples"
    files = page.locator("input[type=file]")
    files.set_input_files([samples / "clean.csv", samples / "duplicates.csv"])
    click(page, "Upload 2 files")
    expect(page.get_by_text("2 files uploaded")).to_be_visible()
    expect(page.get_by_text("Click an upload to open it.")).to_be_visible()

    files.set_input_files([samples / "clean.csv"])
    expect(page.get_by_text(re.compile("has the same content as clean.csv"))).to_be_visible(
        timeout=PATIENCE_MS
    )
    expect(page.get_by_role("button", name="Upload 0 files")).to_be_disabled()
    page.get_by_text("Upload clean.csv again").click()
    click(page, "Upload 1 file")
    expect(page.get_by_text("1 file uploaded")).to_be_visible()


@pytest.mark.browser
def test_nothing_is_shown_or_downloaded_without_a_session(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address)
    page = context.new_page()
    for path in ("/", "/upload?job=1", "/review?job=1", "/contacts?job=1", "/account"):
        page.goto(path)
        expect(page.get_by_role("tab", name="Sign in")).to_be_visible()
        expect(page.get_by_text("test-jobs.csv")).to_have_count(0)
    answer = context.request.get("/downloads/1/contacts.csv")
    assert answer.status == 401
    context.close()
