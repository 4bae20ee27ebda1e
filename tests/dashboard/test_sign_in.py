"""The sign-in page: its forms over a real users table, up to the ticket that the browser exchanges."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit_authenticator.utilities import Hasher

from dashboard import auth, resources
from dashboard.security import SESSION_COOKIE
from db.engine import Sessions
from ingestion import accounts
from ingestion.settings import Settings
from ingestion.watch import Watch
from tests.accounts import add_account

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
PASSWORD = "correct horse battery"


def sign_in_page() -> None:
    from dashboard.views import sign_in

    sign_in.page()


def account_page() -> None:
    from dashboard.views import account

    account.page()


def gated_account_page() -> None:
    from dashboard import auth
    from dashboard.views import account, sign_in

    (account if auth.current_account() else sign_in).page()


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch, settings: Settings, sessions: Sessions) -> None:
    monkeypatch.setattr(resources, "settings", lambda: settings)
    monkeypatch.setattr(resources, "sessions", lambda: sessions)
    monkeypatch.setattr(resources, "watch", lambda: Watch({}))


@pytest.fixture
def ana(sessions: Sessions) -> accounts.Account:
    return add_account(sessions, "ana@example.com", "Ana", "López", Hasher.hash(PASSWORD))


def run(page: Callable[[], None]) -> AppTest:
    return AppTest.from_function(page, default_timeout=20).run()


def fill(app: AppTest, form: str, **values: str) -> AppTest:
    """Type the values into the form's fields, by label, and send it."""
    for field in app.text_input:
        if field.form_id == form and field.label in values:
            field.set_value(values[field.label])
    next(button for button in app.button if button.form_id == form).click()
    return app.run()


def sign_in(app: AppTest, email: str, password: str) -> AppTest:
    return fill(app, "Login", **{"E-mail": email, "Password": password})


def register(app: AppTest, email: str, password: str, **changes: str) -> AppTest:
    values = {"First name": "Ben", "Last name": "Li", "E-mail": email, "Password": password}
    return fill(app, "Register user", **(values | {"Repeat the password": password} | changes))


def errors(app: AppTest) -> list[str]:
    assert not app.exception
    return [error.value for error in app.error]


def signed_in_as(app: AppTest, sessions: Sessions) -> accounts.Account | None:
    """Whose session the page's ticket opens."""
    assert not app.exception
    token = accounts.exchange(sessions, app.session_state["sign_in_ticket"])
    return accounts.account_of(sessions, token) if token else None


@pytest.mark.parametrize("email", ["ana@example.com", " ANA@Example.com "])
def test_the_right_password_gives_a_ticket_for_that_account(
    sessions: Sessions, ana: accounts.Account, email: str
) -> None:
    app = sign_in(run(sign_in_page), email, PASSWORD)

    assert signed_in_as(app, sessions) == ana
    assert not app.text_input


def test_running_again_while_the_browser_exchanges_keeps_the_ticket(
    sessions: Sessions, ana: accounts.Account
) -> None:
    app = sign_in(run(sign_in_page), ana.email, PASSWORD)
    ticket = app.session_state["sign_in_ticket"]

    app.run()

    assert app.session_state["sign_in_ticket"] == ticket
    assert signed_in_as(app, sessions) == ana


@pytest.mark.usefixtures("ana")
def test_an_unknown_address_and_a_wrong_password_get_the_same_words() -> None:
    wrong = sign_in(run(sign_in_page), "ana@example.com", PASSWORD + "!")
    unknown = sign_in(run(sign_in_page), "nobody@example.com", PASSWORD)

    assert errors(wrong) == errors(unknown) == ["The e-mail address or the password is wrong."]
    assert "sign_in_ticket" not in wrong.session_state
    assert "sign_in_ticket" not in unknown.session_state


def test_the_log_knows_who_signed_in_and_who_was_refused_by_number(
    ana: accounts.Account, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    refused = sign_in(run(sign_in_page), ana.email, PASSWORD + "!")
    refused.run()
    sign_in(run(sign_in_page), "nobody@example.com", PASSWORD)
    sign_in(run(sign_in_page), ana.email, PASSWORD)

    told = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert [(line["event"], line["user_id"]) for line in told] == [
        ("sign_in_refused", ana.id),
        ("sign_in_refused", None),
        ("signed_in", ana.id),
    ]


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize("password", ["", "\0" * 12, "ä" * 64, "x" * 10_000])
def test_an_odd_password_is_a_wrong_one(password: str) -> None:
    app = sign_in(run(sign_in_page), "ana@example.com", password)

    assert errors(app) == ["The e-mail address or the password is wrong."]


def test_registering_signs_in_at_once_and_stores_a_bcrypt_hash(sessions: Sessions) -> None:
    app = register(run(sign_in_page), "Ben@Example.com", PASSWORD)

    account = signed_in_as(app, sessions)
    assert account is not None
    assert (account.email, account.first_name, account.last_name) == ("ben@example.com", "Ben", "Li")
    stored = accounts.credentials_of(sessions, "ben@example.com")
    assert stored is not None
    assert stored.password_hash.startswith("$2b$12$")
    assert Hasher.check_pw(PASSWORD, stored.password_hash)


def test_a_password_of_64_characters_signs_in(sessions: Sessions) -> None:
    register(run(sign_in_page), "ben@example.com", "pass word " * 6 + "1234")

    app = sign_in(run(sign_in_page), "ben@example.com", "pass word " * 6 + "1234")

    assert signed_in_as(app, sessions) is not None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Password": "short", "Repeat the password": "short"}, "at least 12"),
        ({"Password": "x" * 65, "Repeat the password": "x" * 65}, "At most 64"),
        ({"Password": "x" * 300, "Repeat the password": "x" * 300}, "At most 64"),
        ({"Password": "密码" * 13, "Repeat the password": "密码" * 13}, "takes 78 bytes"),
        ({"Repeat the password": PASSWORD + "!"}, "The two passwords differ"),
        ({"Password": "", "Repeat the password": ""}, "Choose a password"),
        ({"First name": " "}, "Enter your first name"),
        ({"Last name": "x" * 101}, "Enter your last name"),
        ({"First name": "A\0"}, "Enter your first name"),
        ({"E-mail": "ben"}, "complete e-mail address"),
        ({"E-mail": "ANA@example.com"}, "already an account"),
    ],
)
@pytest.mark.usefixtures("ana")
def test_a_registration_is_refused_with_the_reason(
    sessions: Sessions, changes: dict[str, str], said: str
) -> None:
    app = register(run(sign_in_page), "ben@example.com", PASSWORD, **changes)

    [error] = errors(app)
    assert said in error
    assert "sign_in_ticket" not in app.session_state
    assert accounts.credentials_of(sessions, "ben@example.com") is None


@pytest.mark.parametrize("name", ["李", "Ngũgĩ wa Thiong'o", "Zoë-Ann O’Neil", "محمد"])
def test_peoples_names_are_taken_as_they_are(sessions: Sessions, name: str) -> None:
    app = register(run(sign_in_page), "ben@example.com", PASSWORD, **{"First name": name})

    account = signed_in_as(app, sessions)
    assert account is not None
    assert account.first_name == name


def test_the_account_page_shows_names_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = "![x](https://evil.example/x.png)"
    account = accounts.Account(1, "ana@example.com", hostile, "López", "administrator")
    monkeypatch.setattr(auth, "current_account", lambda: account)

    app = run(account_page)

    assert [element.value for element in app.text] == [f"{hostile} López", "ana@example.com", "Administrator"]
    assert not any("evil" in element.value for element in app.markdown)


def test_a_page_whose_session_ended_shows_the_sign_in_page(monkeypatch: pytest.MonkeyPatch) -> None:
    account = accounts.Account(1, "ana@example.com", "Ana", "López", "operator")
    answers = iter([account])  # signed in when the script begins, and not any more when the page asks
    monkeypatch.setattr(auth, "current_account", lambda: next(answers, None))

    app = run(gated_account_page)

    assert not app.exception
    assert [tab.label for tab in app.tabs] == ["Sign in", "Create account"]


def test_a_run_reads_the_session_once_and_the_next_run_reads_it_again(
    monkeypatch: pytest.MonkeyPatch, sessions: Sessions, ana: accounts.Account
) -> None:
    token = accounts.exchange(sessions, accounts.open_session(sessions, ana.email, 1))
    assert token is not None
    monkeypatch.setattr(type(st.context), "cookies", {SESSION_COOKIE: token})
    read: list[str] = []

    def account_of(sessions: Sessions, token: str) -> accounts.Account | None:
        read.append(token)
        return found(sessions, token)

    found = accounts.account_of
    monkeypatch.setattr(accounts, "account_of", account_of)

    app = AppTest.from_file(APP, default_timeout=20).run()
    assert [title.value for title in app.title] == ["Uploads"]
    assert read == [token]

    accounts.sign_out(sessions, token)  # elsewhere
    app.run()
    assert read == [token, token]
    assert [tab.label for tab in app.tabs] == ["Sign in", "Create account"]


def test_a_visitor_sees_the_sign_in_page_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "current_account", lambda: None)

    app = AppTest.from_file(APP, default_timeout=20).run()

    assert not app.exception
    assert [tab.label for tab in app.tabs] == ["Sign in", "Create account"]
    assert [button.label for button in app.button] == ["Sign in", "Create account"]
    assert not app.title


def test_a_refused_exchange_is_said_once_and_the_forms_are_back(
    monkeypatch: pytest.MonkeyPatch, ana: accounts.Account
) -> None:
    app = sign_in(run(sign_in_page), ana.email, PASSWORD)
    monkeypatch.setattr("streamlit.components.v2.component", lambda *_, **__: lambda **_: Refused())

    app.run()

    assert errors(app) == ["Signing in took too long or was interrupted. Please sign in again."]
    assert "sign_in_ticket" not in app.session_state
    assert "Login" in {field.form_id for field in app.text_input}
    assert errors(app.run()) == []


class Refused:
    """What the exchange reports when the server says no."""

    refused = True
