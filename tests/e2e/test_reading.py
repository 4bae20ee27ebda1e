"""Saying in a real browser how a file is read: which encoding spells it right, and how full names split."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.visiting import click, open_newest, register

PEOPLE: FilePayload = {
    "name": "people.csv",
    "mimeType": "text/csv",
    "buffer": "Email,Name,Company\neva@x.com,Eva Weiß,Acme\nudo@x.com,Udo Dvořák,Hooli\n".encode("cp1250"),
}
PLAIN: FilePayload = {
    "name": "plain.csv",
    "mimeType": "text/csv",
    "buffer": b"email,first_name,last_name,company\nana@x.com,Ana,Li,Acme\n",
}


@pytest.mark.browser
def test_a_file_in_question_is_answered_and_holds_up_no_other(page: Page, tmp_path: Path) -> None:
    register(page, "rea@example.com")
    page.locator("input[type=file]").set_input_files([PLAIN, PEOPLE])
    expect(page.get_by_text("In which encoding are the names written?")).to_be_visible()
    click(page, "Upload 1 file")
    expect(page.get_by_text("plain.csv · uploaded")).to_be_visible()

    right = page.get_by_test_id("stColumn").filter(has_text="Central European (Windows-1250)")
    expect(right.get_by_text("Udo Dvořák")).to_be_visible()
    right.get_by_role("button", name="This reads right").click()
    expect(page.get_by_text("shall it be split like this?")).to_be_visible()
    click(page, "Use these columns")
    click(page, "Upload 1 file")
    expect(page.get_by_text("1 file uploaded")).to_be_visible()
    expect(page.get_by_text("plain.csv · uploaded")).to_have_count(0)

    open_newest(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download contacts").click()
    download.value.save_as(tmp_path / "contacts.csv")
    with (tmp_path / "contacts.csv").open(encoding="utf-8", newline="") as file:
        contacts = [(row["first_name"], row["last_name"]) for row in csv.DictReader(file)]
    assert contacts == [("Eva", "Weiß"), ("Udo", "Dvořák")]
