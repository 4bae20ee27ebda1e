"""Health, and the addresses of Streamlit's that are open, asked over HTTP as a browser asks."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.requests import Request

from dashboard import security
from db.engine import Sessions, make_engine, make_sessions
from ingestion.accounts import Account
from ingestion.settings import Settings
from tests.dashboard.served import Browser, served
from tests.outages import watch_over
from tests.worker import eventually

_POOL = 40
"""Threads that Starlette has for plain functions (anyio's default)."""


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


def test_health_is_told_while_downloads_keep_every_thread_of_the_pool(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end = threading.Event()
    begun: list[object] = []

    def kept_waiting(request: Request, _: Sessions) -> None:
        begun.append(request)
        may_end.wait(60)

    monkeypatch.setattr(security, "account_of", kept_waiting)
    with served(settings, sessions) as host, ThreadPoolExecutor(_POOL + 1) as pool:
        asked = [
            pool.submit(lambda: Browser(host).get("/downloads/1/contacts.csv").status)
            for _ in range(_POOL + 1)
        ]
        try:
            eventually(lambda: len(begun) == _POOL, "each thread of the pool has a download")
            answers = [Browser(host).get(path).status for path in ("/healthz", "/livez")]
        finally:
            may_end.set()

    assert answers == [200, 503]  # the second: no part is watched here that could have answered
    assert [one.result() for one in asked] == [401] * (_POOL + 1)


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
