"""Health, and the addresses of Streamlit's that are open, asked over HTTP as a browser asks."""

import pytest

from db.engine import Sessions, make_engine, make_sessions
from ingestion.accounts import Account
from ingestion.settings import Settings
from tests.dashboard.served import Browser, served
from tests.outages import watch_over


def test_health_is_200_while_the_database_answers(browser: Browser) -> None:
    answer = browser.get("/healthz")

    assert (answer.status, answer.json()) == (200, {"status": "ok"})


def test_health_is_503_and_names_the_database_when_it_does_not_answer(settings: Settings) -> None:
    nowhere = make_sessions(make_engine("postgresql://app@127.0.0.1:1/postgres"))
    with watch_over(settings, nowhere) as watch, served(settings, nowhere, watch) as host:
        browser = Browser(host)
        answer = browser.get("/healthz")
        browser.close()

    assert (answer.status, answer.json()["unavailable"]) == (503, ["database"])


@pytest.mark.parametrize(("method", "path"), [("GET", "/media/a.csv"), ("PUT", "/_stcore/upload_file/a/b")])
def test_streamlits_files_need_a_session(
    browser: Browser, sessions: Sessions, ana: Account, method: str, path: str
) -> None:
    assert browser.ask(method, path).status == 401
    browser.token = "guessed"
    assert browser.ask(method, path).status == 401

    browser.sign_in(sessions, ana)

    assert browser.ask(method, path).data.decode() == f"Streamlit's {path}"


@pytest.mark.parametrize("path", ["/", "/_stcore/health"])
def test_the_page_itself_is_open(browser: Browser, path: str) -> None:
    assert browser.get(path).status == 200


def test_the_first_page_has_a_name_and_stays_on_this_host(browser: Browser) -> None:
    answer = browser.get("/uploads?job=3&next=//evil.example")

    assert (answer.status, answer.headers["location"]) == (307, "/?job=3&next=//evil.example")
