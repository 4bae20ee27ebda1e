"""Sessions in real browsers: what keeps them, what ends them, and who can read their cookie."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.visiting import PASSWORD, click, heading, register, sign_in

NEW = "seven quiet rivers"


@pytest.mark.browser
def test_a_deep_link_outlives_signing_in_and_a_reload_keeps_session_and_page(page: Page) -> None:
    register(page, "kim@example.com")
    page.goto("/history?job=7")
    expect(page.get_by_text("There is no such upload")).to_be_visible()
    page.reload()
    expect(page.get_by_text("There is no such upload")).to_be_visible()
    assert page.url.endswith("/history?job=7")
    (cookie,) = [found for found in page.context.cookies() if found["name"] == "ingestion_session"]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie["value"] not in page.evaluate("document.cookie")

    page.context.clear_cookies()
    page.goto("/history?job=7")
    sign_in(page, "kim@example.com", PASSWORD)
    expect(page.get_by_text("There is no such upload")).to_be_visible()
    assert page.url.endswith("/history?job=7")
    (renewed,) = [found for found in page.context.cookies() if found["name"] == "ingestion_session"]
    assert renewed["value"] != cookie["value"]


@pytest.mark.browser
def test_a_changed_password_ends_the_session_in_the_other_browser(
    page: Page, browser: Browser, address: str
) -> None:
    register(page, "lou@example.com")
    elsewhere = browser.new_context(base_url=address)
    other = elsewhere.new_page()
    other.goto("/account")
    sign_in(other, "lou@example.com", PASSWORD)
    heading(other, "Account")

    page.goto("/account")
    heading(page, "Where you are signed in")
    expect(page.get_by_text("Chrome on Linux", exact=False)).to_have_count(2)
    expect(page.get_by_text("this one")).to_have_count(1)
    for label, value in (
        ("Current password", PASSWORD),
        ("New password", NEW),
        ("Repeat the new password", NEW),
    ):
        page.get_by_label(label, exact=True).fill(value)
    click(page, "Change password")
    expect(page.get_by_text("Your password is changed")).to_be_visible()
    expect(page.get_by_text("Chrome on Linux", exact=False)).to_have_count(1)

    other.reload()
    sign_in(other, "lou@example.com", PASSWORD)
    expect(other.get_by_text("The e-mail address or the password is wrong.")).to_be_visible()
    sign_in(other, "lou@example.com", NEW)
    heading(other, "Account")

    # An open page looks by itself every minute: nobody's data stays on an unattended screen.
    with other.expect_response("**/auth/forget", timeout=90_000), page.expect_response("**/auth/forget"):
        click(page, "Sign out everywhere")
    expect(page.get_by_text("You are signed out everywhere.")).to_be_visible()
    expect(other.get_by_text("You were signed out: the session was ended in another tab")).to_be_visible()
    for context in (page.context, elsewhere):
        assert "ingestion_session" not in {cookie["name"] for cookie in context.cookies()}
    other.reload()
    expect(other.get_by_role("tab", name="Sign in")).to_be_visible()
    expect(other.get_by_text("You were signed out")).to_have_count(0)
    elsewhere.close()
