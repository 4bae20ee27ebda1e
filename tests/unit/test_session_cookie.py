"""Where the session's cookie may be set, and what it is called there."""

import pytest

from dashboard import session_cookie


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8501",
        "LOCALHOST",
        "tool.localhost:80",
        "127.0.0.1:8501",
        "127.8.9.1",
        "[::1]:8501",
    ],
)
def test_loopback_is_known_by_any_of_its_names(host: str) -> None:
    assert session_cookie.is_loopback(host)
    assert session_cookie.is_safe(f"http://{host}")
    assert session_cookie.name_at(host) == "ingestion_session"


@pytest.mark.parametrize(
    "host",
    [
        "",
        "contacts.example.com",
        "localhost.example.com",
        "notlocalhost",
        "127.0.0.1.example.com",
        "192.168.0.7:8501",
        "0.0.0.0",  # noqa: S104
        "[2001:db8::1]",
        "[::1",
        "127.0.0.1@example.com",
    ],
)
def test_everything_else_needs_https(host: str) -> None:
    assert not session_cookie.is_loopback(host)
    assert not session_cookie.is_safe(f"http://{host}")
    assert session_cookie.is_safe(f"https://{host}")
    assert session_cookie.name_at(host) == "__Host-ingestion_session"


@pytest.mark.parametrize("origin", ["", "null", "ws://contacts.example.com"])
def test_what_is_no_web_page_is_not_safe(origin: str) -> None:
    assert not session_cookie.is_safe(origin)


def test_only_the_name_of_that_place_counts() -> None:
    cookies = {"ingestion_session": "slipped in", "__Host-ingestion_session": "own"}

    assert session_cookie.token_in(cookies, "contacts.example.com") == "own"
    assert session_cookie.token_in(cookies, "127.0.0.1:8501") == "slipped in"
    assert session_cookie.token_in({"ingestion_session": "slipped in"}, "contacts.example.com") == ""
