"""The cookie by which a browser is known in which somebody signed in."""

import pytest

from dashboard.client import BROWSER_COOKIE
from db.engine import Sessions
from ingestion import known_browsers
from ingestion.accounts import Account
from tests.accounts import add_account
from tests.dashboard.served import Browser
from tests.sign_ins import ticket_of


def sign_in(
    browser: Browser, sessions: Sessions, account: Account, token: str | None = None, scheme: str = "http"
) -> tuple[str, set[str]]:
    """The token that the browser is given, and the attributes of its cookie."""
    shown = {"cookie": f"{BROWSER_COOKIE}={token}"} if token else {}
    ticket = ticket_of(sessions, account.email)
    browser.token = None
    answer = browser.post(
        "/auth/exchange", origin=f"{scheme}://{browser.host}", **{"x-ticket": ticket}, **shown
    )
    (cookie,) = (line for line in answer.headers.getlist("set-cookie") if line.startswith(BROWSER_COOKIE))
    value, *attributes = cookie.split("; ")
    return value.removeprefix(f"{BROWSER_COOKIE}="), set(attributes)


def is_known(sessions: Sessions, account: Account, token: str) -> bool:
    with sessions() as session:
        return known_browsers.is_known(session, account.email, token)


@pytest.mark.parametrize(("scheme", "secure"), [("http", set()), ("https", {"Secure"})])
def test_whoever_signs_in_is_known_there_for_180_days_by_a_cookie_that_scripts_cannot_read(
    browser: Browser, sessions: Sessions, ana: Account, scheme: str, secure: set[str]
) -> None:
    token, attributes = sign_in(browser, sessions, ana, scheme=scheme)

    assert attributes == {"HttpOnly", "Max-Age=15552000", "Path=/", "SameSite=lax"} | secure
    assert is_known(sessions, ana, token)


def test_each_sign_in_gives_a_new_token_and_the_old_one_is_known_no_more(
    browser: Browser, sessions: Sessions, ana: Account
) -> None:
    first, _ = sign_in(browser, sessions, ana)
    second, _ = sign_in(browser, sessions, ana, first)

    assert first != second
    assert not is_known(sessions, ana, first)
    assert is_known(sessions, ana, second)


def test_a_browser_is_known_for_the_account_that_signed_in_last(
    browser: Browser, sessions: Sessions, ana: Account
) -> None:
    ben = add_account(sessions, "ben@example.com", "Ben", "Li", "a hash")
    first, _ = sign_in(browser, sessions, ana)
    second, _ = sign_in(browser, sessions, ben, first)

    assert is_known(sessions, ben, second)
    assert not is_known(sessions, ana, second)
    assert not is_known(sessions, ana, first)


def test_a_planted_token_does_not_become_a_known_one(
    browser: Browser, sessions: Sessions, ana: Account
) -> None:
    token, _ = sign_in(browser, sessions, ana, "planted")

    assert token != "planted"
    assert not is_known(sessions, ana, "planted")


def test_a_ticket_that_is_refused_makes_no_browser_known(browser: Browser) -> None:
    answer = browser.exchange("guessed")

    assert answer.status == 403
    assert "set-cookie" not in answer.headers
