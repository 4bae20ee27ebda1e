"""What only administrators see, in a real browser: drawn while the policy refuses styles in attributes."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import ADMINISTRATOR
from tests.visiting import click, heading, sign_in


@pytest.mark.browser
def test_pages_for_administrators_are_drawn(page: Page) -> None:
    page.goto("/")
    sign_in(page, ADMINISTRATOR)
    click(page, "Try a sample")
    expect(page.get_by_role("button", name="Review 10 issues")).to_be_visible()

    page.goto("/operations")
    files = page.locator("figure.bars", has_text="Files in 5 minutes")
    bar = files.locator("li b")
    expect(bar).to_have_count(1)
    expect(bar).to_have_css("background-color", "rgb(15, 110, 120)")
    drawn, scale = bar.bounding_box(), files.locator("ol").bounding_box()
    assert drawn
    assert scale
    assert drawn["height"] == pytest.approx(scale["height"] / 2, rel=0.05), "1 of 2"

    for path, name in (("/people", "People"), ("/audit", "Audit")):
        page.goto(path)
        heading(page, name)
        expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
