"""The account page: the sessions, the password, the way out."""

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest
from streamlit_authenticator.utilities import Hasher

from dashboard import resources
from db.engine import Sessions
from ingestion import accounts
from ingestion import sessions as web_sessions
from ingestion.accounts import Account
from ingestion.sessions import Client
from ingestion.settings import Settings
from ingestion.watch import Watch
from tests.accounts import add_account
from tests.dashboard.conftest import click, texts
from tests.sign_ins import open_with, token_of

PASSWORD = "correct horse battery"
NEW = "seven quiet rivers"
HOSTILE = "![x](https://evil.example/x.png)"


def account_page() -> None:
    from dashboard import auth
    from dashboard.views import account, sign_in

    (account if auth.current_account() else sign_in).page()


def refreshing_page() -> None:
    import streamlit as st

    from dashboard import auth, runs

    def by_itself() -> None:
        auth.require_account(is_activity=False)

    if st.session_state.pop("ask_to_refresh", False):
        runs.again()
    st.session_state["shown"] = auth.current_account() is not None
    st.fragment(by_itself, run_every=60)()


@pytest.fixture
def ana(sessions: Sessions) -> Account:
    return add_account(sessions, "ana@example.com", HOSTILE, "López", Hasher.hash(PASSWORD))


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, settings: Settings, sessions: Sessions, ana: Account) -> str:
    """The token of the session that the page runs in."""
    monkeypatch.setattr(resources, "settings", lambda: settings)
    monkeypatch.setattr(resources, "sessions", lambda: sessions)
    monkeypatch.setattr(resources, "watch", lambda: Watch({}))
    token = token_of(sessions, ana.email)
    open_with(monkeypatch, token)
    return token


@pytest.fixture
def elsewhere(sessions: Sessions, ana: Account) -> str:
    """The token of another session, of a browser that says what it likes."""
    return token_of(sessions, ana.email, client=Client(HOSTILE, "2001:db8::1"))


def opened() -> AppTest:
    app = AppTest.from_function(account_page, default_timeout=20).run()
    assert not app.exception
    return app


def change(app: AppTest, current: str, new: str, again: str | None = None) -> AppTest:
    for field, value in zip(app.text_input, (current, new, new if again is None else again), strict=True):
        field.set_value(value)
    return click(app, "Change password")


def is_right(sessions: Sessions, password: str) -> bool:
    found = accounts.credentials_of(sessions, "ana@example.com")
    return found is not None and Hasher.check_pw(password, found.password_hash)


@pytest.mark.usefixtures("here", "elsewhere")
def test_names_and_browsers_are_shown_as_text() -> None:
    app = opened()

    assert f"{HOSTILE} López" in [element.value for element in app.text]
    assert not any("evil" in element.value for kind in (app.markdown, app.caption) for element in kind)


@pytest.mark.usefixtures("here", "elsewhere")
def test_each_session_is_told_with_its_browser_and_address() -> None:
    told = texts(opened()).replace("\\", "").replace("\u2060", "")

    assert "Firefox on Linux · this one" in told
    assert "Signed in from 192.0.2.1" in told
    assert "Unknown browser" in told
    assert "2001:db8::1" in told
    assert "30 minutes after you last did something" in told


def test_another_session_is_ended_and_this_one_goes_on(
    sessions: Sessions, ana: Account, here: str, elsewhere: str
) -> None:
    app = opened()
    assert [button.label for button in app.button].count("End") == 1

    click(app, "End")

    assert web_sessions.account_of(sessions, elsewhere) is None
    assert web_sessions.account_of(sessions, here) == ana
    assert "End" not in [button.label for button in app.button]


def test_a_session_that_has_ended_meanwhile_is_said(sessions: Sessions, here: str, elsewhere: str) -> None:
    app = opened()
    web_sessions.sign_out(sessions, elsewhere)

    click(app, "End")

    assert "This session has ended already" in texts(app)
    assert web_sessions.account_of(sessions, here)


def test_signing_out_everywhere_ends_this_session_too(sessions: Sessions, here: str, elsewhere: str) -> None:
    app = click(opened(), "Sign out everywhere")

    assert [tab.label for tab in app.tabs] == ["Sign in", "Create account"]
    assert "You are signed out everywhere." in texts(app)
    assert web_sessions.account_of(sessions, here) is None
    assert web_sessions.account_of(sessions, elsewhere) is None


def test_a_changed_password_is_told_and_ends_the_other_sessions(
    sessions: Sessions, ana: Account, here: str, elsewhere: str
) -> None:
    app = change(opened(), f" {PASSWORD} ", NEW)

    assert not app.error
    assert "Your password is changed" in app.toast[0].value
    assert is_right(sessions, NEW)
    assert web_sessions.account_of(sessions, elsewhere) is None
    assert web_sessions.account_of(sessions, here) == ana


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("current", "new", "again", "said"),
    [
        ("", NEW, NEW, "Enter your current password."),
        (PASSWORD + "!", NEW, NEW, "The current password is wrong."),
        (PASSWORD, NEW, NEW + "!", "The two new passwords differ."),
        (PASSWORD, "short", "short", "It needs at least 12"),
        (PASSWORD, PASSWORD, PASSWORD, "The new password is the current one."),
    ],
)
def test_a_refused_password_is_said_and_what_was_typed_stays(
    sessions: Sessions, current: str, new: str, again: str, said: str
) -> None:
    app = change(opened(), current, new, again)

    assert said in app.error[0].value
    assert [field.value for field in app.text_input] == [current, new, again]
    assert is_right(sessions, PASSWORD)


def test_what_runs_by_itself_is_nothing_done(sessions: Sessions, ana: Account, here: str) -> None:
    app = AppTest.from_function(refreshing_page, default_timeout=20).run()
    with sessions.begin() as session:
        session.execute(text("UPDATE sessions SET seen_at = seen_at - interval '20 min'"))
    before = web_sessions.listed(sessions, ana.id, here)

    app.session_state["ask_to_refresh"] = True
    app.run()
    assert app.session_state["shown"]
    assert web_sessions.listed(sessions, ana.id, here) == before

    app.run()
    assert web_sessions.listed(sessions, ana.id, here) != before
