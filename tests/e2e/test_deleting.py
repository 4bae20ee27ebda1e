"""Deleting an upload in a real browser: a dialog over the page, and from there to the list."""

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.visiting import click, heading, open_newest, register

PLAIN: FilePayload = {
    "name": "plain.csv",
    "mimeType": "text/csv",
    "buffer": b"email,first_name,last_name,company\nana@x.com,Ana,Li,Acme\n",
}


@pytest.mark.browser
def test_an_upload_is_deleted_after_a_look_at_what_goes(page: Page) -> None:
    register(page, "deb@example.com")
    page.locator("input[type=file]").set_input_files([PLAIN])
    click(page, "Upload 1 file")
    expect(page.get_by_text("1 file uploaded")).to_be_visible()
    job_id = open_newest(page)
    expect(page.get_by_role("link", name="Download contacts")).to_be_visible()

    click(page, "Delete …")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("1 final contact")).to_be_visible()
    dialog.get_by_role("button", name="Delete for good").click()

    expect(page.get_by_text("plain.csv is deleted.")).to_be_visible()
    heading(page, "Uploads")
    expect(page.get_by_role("button", name="Try a sample")).to_be_visible()
    page.goto(f"/upload?job={job_id}")
    expect(page.get_by_text("There is no such upload")).to_be_visible()
