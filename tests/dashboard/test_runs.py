"""What is logged while a page runs carries an id of that run and the user's, also in threads and messages."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import resources, workers
from db.engine import Sessions
from ingestion.accounts import Account
from ingestion.telemetry import context
from ingestion.watch import Watch
from tests.sign_ins import open_with, token_of


def page() -> None:
    import streamlit as st
    from structlog.contextvars import get_contextvars

    from dashboard import auth

    def note(where: str) -> None:
        auth.current_account()
        st.session_state.setdefault("ids", []).append((where, get_contextvars()))

    def fragment() -> None:
        note("fragment")

    note("page")
    st.fragment(fragment)()
    st.button("Do it", on_click=note, args=("callback",))


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, sessions: Sessions, ana: Account) -> AppTest:
    monkeypatch.setattr(resources, "sessions", lambda: sessions)
    open_with(monkeypatch, token_of(sessions, ana.email))
    return AppTest.from_function(page, default_timeout=20)


def ids(app: AppTest) -> list[tuple[str, dict[str, Any]]]:
    assert not app.exception
    found: list[tuple[str, dict[str, Any]]] = app.session_state["ids"]
    return found


def test_a_run_is_one_request_from_its_callback_to_its_last_fragment(app: AppTest) -> None:
    app.run()
    app.button[0].click().run()
    (first, again, callback, second, fragment) = ids(app)
    assert [where for where, _ in (first, again, callback, second, fragment)] == [
        *("page", "fragment"),
        *("callback", "page", "fragment"),
    ]
    assert first[1] == again[1]
    assert callback[1] == second[1] == fragment[1]
    assert first[1]["request_id"] != second[1]["request_id"]
    assert len(second[1]["request_id"]) == 32
    assert second[1]["user_id"] == 1


def test_what_is_sent_to_the_workers_is_sent_for_the_same_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "watch", lambda: Watch({}))
    found: list[str | None] = []
    with context.bound(request_id="request-of-a-click"):
        workers._within_seconds(lambda: found.append(context.request_id()))
    assert found == ["request-of-a-click"]
