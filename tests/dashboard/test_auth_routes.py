"""A ticket becomes a session's cookie, and the cookie is given back."""

import datetime as dt

import pytest
from sqlalchemy import text

from dashboard.session_cookie import SESSION_COOKIE
from db.engine import Sessions
from ingestion import sessions as web_sessions
from ingestion.accounts import Account
from tests.dashboard.served import PUBLIC_NAME, Browser
from tests.sign_ins import ticket_of


@pytest.mark.parametrize(
    ("scheme", "host", "cookie", "secure"),
    [
        pytest.param("http", None, "ingestion_session", set(), id="on loopback"),
        pytest.param("https", PUBLIC_NAME, "__Host-ingestion_session", {"Secure"}, id="behind a proxy"),
        pytest.param("https", "localhost:8443", "ingestion_session", {"Secure"}, id="https on loopback"),
    ],
)
def test_a_ticket_becomes_a_cookie_that_scripts_cannot_read(
    browser: Browser,
    sessions: Sessions,
    ana: Account,
    scheme: str,
    host: str | None,
    cookie: str,
    secure: set[str],
) -> None:
    ticket, host = ticket_of(sessions, ana.email), host or browser.host

    answer = browser.post("/auth/exchange", origin=f"{scheme}://{host}", host=host, **{"x-ticket": ticket})

    assert answer.status == 204
    value, *attributes = answer.headers.getlist("set-cookie")[0].split("; ")
    assert value.startswith(f"{cookie}=")
    assert web_sessions.account_of(sessions, value.removeprefix(f"{cookie}=")) == ana
    assert set(attributes) == {"HttpOnly", "Max-Age=43200", "Path=/", "SameSite=lax"} | secure


def test_over_plain_http_from_elsewhere_nobody_is_signed_in_and_https_is_named(
    browser: Browser, sessions: Sessions, ana: Account
) -> None:
    ticket, host = ticket_of(sessions, ana.email), PUBLIC_NAME

    refused = browser.post("/auth/exchange", origin=f"http://{host}", host=host, **{"x-ticket": ticket})

    assert (refused.status, "set-cookie" in refused.headers) == (403, False)
    assert "https://" in refused.data.decode()
    assert browser.exchange(ticket).status == 204, "the ticket is still good"


def test_a_cookie_of_the_plain_name_opens_nothing_outside_loopback(
    browser: Browser, sessions: Sessions, ana: Account
) -> None:
    token = browser.sign_in(sessions, ana)
    assert browser.get("/media/a.csv").status == 200

    assert browser.get("/media/a.csv", host=PUBLIC_NAME).status == 401
    guarded = f"__Host-{SESSION_COOKIE}={token}"
    assert browser.get("/media/a.csv", host=PUBLIC_NAME, cookie=guarded).status == 200


def test_the_cookie_of_a_session_that_has_ended_is_taken_back(
    browser: Browser, sessions: Sessions, ana: Account
) -> None:
    token = browser.sign_in(sessions, ana)
    assert browser.post("/auth/forget", origin="https://elsewhere.example").status == 403

    assert browser.post("/auth/forget").status == 409
    assert browser.token == token
    assert web_sessions.account_of(sessions, token) == ana

    web_sessions.end_all(sessions, ana.id)
    assert browser.post("/auth/forget").status == 204
    assert browser.token is None
    assert browser.post("/auth/forget").status == 204


def test_signing_in_again_in_one_browser_ends_the_session_before(
    browser: Browser, sessions: Sessions, ana: Account
) -> None:
    first = browser.sign_in(sessions, ana)

    second = browser.sign_in(sessions, ana)

    assert second != first
    assert web_sessions.account_of(sessions, first) is None
    assert web_sessions.account_of(sessions, second) == ana


def test_a_session_keeps_what_the_browser_says_and_where_it_is(
    browser: Browser, sessions: Sessions, ana: Account
) -> None:
    ticket = ticket_of(sessions, ana.email)
    answer = browser.post(
        "/auth/exchange",
        **{"x-ticket": ticket, "user-agent": "Firefox/140.0 (X11)"},
    )

    assert answer.status == 204
    assert browser.token
    (own,) = web_sessions.listed(sessions, ana.id, browser.token)
    assert (own.browser, own.address) == ("Firefox on Linux", "127.0.0.1")


def test_a_download_is_something_done(browser: Browser, sessions: Sessions, ana: Account) -> None:
    token = browser.sign_in(sessions, ana)
    with sessions.begin() as session:
        session.execute(text("UPDATE sessions SET seen_at = seen_at - interval '20 min'"))

    assert browser.get("/downloads/1/contacts.csv").status == 404

    (own,) = web_sessions.listed(sessions, ana.id, token)
    assert dt.datetime.now(dt.UTC) - own.seen_at < dt.timedelta(minutes=10)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "https://evil.example",
        "http://{host}.evil.example",
        "http://127.0.0.1",
        "http://x@{host}",
    ],
)
def test_an_exchange_from_another_site_is_refused_and_leaves_the_ticket(
    browser: Browser, sessions: Sessions, ana: Account, origin: str | None
) -> None:
    ticket = ticket_of(sessions, ana.email)

    assert browser.exchange(ticket, origin=origin and origin.format(host=browser.host)).status == 403
    assert browser.token is None
    assert browser.exchange(ticket).status == 204


def test_a_ticket_that_was_used_sets_no_cookie(browser: Browser, sessions: Sessions, ana: Account) -> None:
    ticket = ticket_of(sessions, ana.email)
    assert browser.exchange(ticket).status == 204
    browser.token = None

    assert browser.exchange(ticket).status == 403
    assert browser.exchange("").status == 403
    assert browser.token is None


def test_signing_out_ends_the_session_on_the_server_too(
    browser: Browser, sessions: Sessions, ana: Account
) -> None:
    token = browser.sign_in(sessions, ana)

    assert browser.post("/auth/sign-out").status == 204

    assert browser.token is None
    assert web_sessions.account_of(sessions, token) is None


def test_another_site_cannot_sign_anybody_out(browser: Browser, sessions: Sessions, ana: Account) -> None:
    token = browser.sign_in(sessions, ana)

    assert browser.post("/auth/sign-out", origin="https://evil.example").status == 403
    assert browser.get("/auth/sign-out").status == 405
    assert web_sessions.account_of(sessions, token) == ana
