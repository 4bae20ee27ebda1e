"""The sign-in page: its forms over a real users table, up to the ticket that the browser exchanges."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import bcrypt
import pytest
import streamlit as st
from sqlalchemy import event, text
from streamlit.testing.v1 import AppTest
from streamlit_authenticator.utilities import Hasher

from dashboard import auth, resources
from db.engine import Sessions
from ingestion import accounts, password_hashes
from ingestion import sessions as web_sessions
from ingestion.settings import Settings
from ingestion.watch import Watch
from tests.accounts import add_account
from tests.sign_ins import account_of_ticket, open_with, token_of

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
PASSWORD = "correct horse battery"
COMMON = "password" + "1234"


def sign_in_page() -> None:
    from dashboard.views import sign_in

    sign_in.page()


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
    return account_of_ticket(sessions, app.session_state["sign_in_ticket"])


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
def test_a_password_that_is_changed_while_it_is_compared_gets_the_words_of_a_wrong_one(
    monkeypatch: pytest.MonkeyPatch, sessions: Sessions
) -> None:
    compare = password_hashes.matches

    def overtaken(password: str, hashed: str) -> bool:
        with sessions.begin() as session:
            session.execute(text("UPDATE users SET password_hash = 'another hash'"))
        return compare(password, hashed)

    monkeypatch.setattr(password_hashes, "matches", overtaken)
    app = sign_in(run(sign_in_page), "ana@example.com", PASSWORD)

    assert errors(app) == ["The e-mail address or the password is wrong."]
    assert "sign_in_ticket" not in app.session_state


@pytest.mark.usefixtures("ana")
def test_an_unknown_address_and_a_wrong_password_get_the_same_words() -> None:
    wrong = sign_in(run(sign_in_page), "ana@example.com", PASSWORD + "!")
    unknown = sign_in(run(sign_in_page), "nobody@example.com", PASSWORD)

    assert errors(wrong) == errors(unknown) == ["The e-mail address or the password is wrong."]
    assert "sign_in_ticket" not in wrong.session_state
    assert "sign_in_ticket" not in unknown.session_state


@pytest.mark.parametrize("password", [PASSWORD + "!", "x" * 300, "\u0065\u0301" * 12])
def test_who_has_an_account_shows_in_nothing_that_is_done_for_an_answer(
    monkeypatch: pytest.MonkeyPatch, sessions: Sessions, ana: accounts.Account, password: str
) -> None:
    left = add_account(sessions, "left@example.com", "Leo", "Fenn", Hasher.hash(PASSWORD))
    with sessions.begin() as session:
        session.execute(text("UPDATE users SET deactivated_at = now() WHERE id = :id"), {"id": left.id})
    app = run(sign_in_page)
    work: list[str] = []
    with noted(monkeypatch, sessions, work):
        told = {}
        for email in (ana.email, left.email, "nobody@example.com"):
            work.clear()
            said = errors(sign_in(app, email, password))
            told[email] = (tuple(work), tuple(said))

    assert len(set(told.values())) == 1
    (done, words), *_ = told.values()
    assert words == ("The e-mail address or the password is wrong.",)
    assert "checkpw $2b$12$" in done
    assert [line for line in done if "users" in line]


@contextmanager
def noted(monkeypatch: pytest.MonkeyPatch, sessions: Sessions, work: list[str]) -> Iterator[None]:
    """Note each statement and each comparison of a password with a hash, but for whose it is."""

    def checkpw(password: bytes, password_hash: bytes) -> bool:
        work.append(f"checkpw {password_hash.decode()[:7]}")
        return found(password, password_hash)

    def statement(*about: object) -> None:
        work.append(str(about[2]))

    found = bcrypt.checkpw
    engine = sessions.kw["bind"]
    with monkeypatch.context() as patched:
        patched.setattr(bcrypt, "checkpw", checkpw)
        event.listen(engine, "before_cursor_execute", statement)
        yield
        event.remove(engine, "before_cursor_execute", statement)


@pytest.mark.usefixtures("ana")
def test_a_deactivated_account_cannot_sign_in(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.execute(text("UPDATE users SET deactivated_at = now()"))

    app = sign_in(run(sign_in_page), "ana@example.com", PASSWORD)

    assert errors(app) == ["The e-mail address or the password is wrong."]
    assert "sign_in_ticket" not in app.session_state


def test_the_log_knows_who_signed_in_and_who_was_refused_by_number(
    sessions: Sessions, ana: accounts.Account, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    refused = sign_in(run(sign_in_page), ana.email, PASSWORD + "!")
    refused.run()
    sign_in(run(sign_in_page), "nobody@example.com", PASSWORD)
    assert signed_in_as(sign_in(run(sign_in_page), ana.email, PASSWORD), sessions) == ana

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
        ({"Password": COMMON, "Repeat the password": COMMON}, "Many people use"),
        ({"Password": "ben li ben li ben", "Repeat the password": "ben li ben li ben"}, "made of your name"),
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


def test_a_page_whose_session_ended_shows_the_sign_in_page(monkeypatch: pytest.MonkeyPatch) -> None:
    account = accounts.Account(1, "ana@example.com", "Ana", "López", "operator")
    answers = iter([account])  # signed in when the script begins, and not any more when the page asks
    monkeypatch.setattr(auth, "current_account", lambda **_: next(answers, None))

    app = run(gated_account_page)

    assert not app.exception
    assert [tab.label for tab in app.tabs] == ["Sign in", "Create account"]


def test_a_run_reads_the_session_once_and_the_next_run_reads_it_again(
    monkeypatch: pytest.MonkeyPatch, sessions: Sessions, ana: accounts.Account
) -> None:
    token = token_of(sessions, ana.email)
    open_with(monkeypatch, token)
    read: list[str] = []

    def account_of(sessions: Sessions, token: str, *, is_activity: bool) -> accounts.Account | None:
        read.append(token)
        return found(sessions, token, is_activity=is_activity)

    found = web_sessions.account_of
    monkeypatch.setattr(web_sessions, "account_of", account_of)

    app = AppTest.from_file(APP, default_timeout=20).run()
    assert [title.value for title in app.title] == ["Uploads"]
    assert read == [token]

    web_sessions.sign_out(sessions, token)  # elsewhere
    app.run()
    assert read == [token, token]
    assert [tab.label for tab in app.tabs] == ["Sign in", "Create account"]


def forgets(app: AppTest) -> bool:
    """Whether the page has the browser give its cookie back."""
    return any("session_forget" in str(element.proto) for element in app.get("bidi_component"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("seen_at = seen_at - interval '45 min'", "after 45 minutes without activity"),
        ("created_at = created_at - interval '12 h', expires_at = now()", "a session lasts 12 hours at most"),
        ("revoked_at = now()", "ended in another tab or browser, by a new password, or by an administrator"),
    ],
)
def test_whose_session_ended_is_told_how_and_gives_the_cookie_back(
    monkeypatch: pytest.MonkeyPatch, sessions: Sessions, ana: accounts.Account, change: str, said: str
) -> None:
    open_with(monkeypatch, token_of(sessions, ana.email, idle_minutes=45))
    with sessions.begin() as session:
        session.execute(text(f"UPDATE sessions SET {change}"))

    app = AppTest.from_file(APP, default_timeout=20).run()

    assert [info.value for info in app.info if said in info.value]
    assert forgets(app)
    assert [tab.label for tab in app.tabs] == ["Sign in", "Create account"]


def test_whose_account_was_deactivated_is_told(
    monkeypatch: pytest.MonkeyPatch, sessions: Sessions, ana: accounts.Account
) -> None:
    open_with(monkeypatch, token_of(sessions, ana.email))
    with sessions.begin() as session:
        session.execute(text("UPDATE users SET deactivated_at = now()"))

    [info] = run(sign_in_page).info

    assert "your account was deactivated" in info.value


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize("token", ["", "guessed"])
def test_who_had_no_session_is_told_nothing(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    open_with(monkeypatch, token)

    app = run(sign_in_page)

    assert not app.info
    assert forgets(app) == bool(token)


def test_over_plain_http_from_elsewhere_there_is_no_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(st.context), "headers", {"origin": "http://contacts.example.com"})
    app = run(sign_in_page)
    assert "https://" in errors(app)[0]
    assert not app.text_input

    monkeypatch.setattr(type(st.context), "headers", {"origin": "https://contacts.example.com"})
    assert app.run().text_input


def test_a_visitor_sees_the_sign_in_page_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "current_account", lambda **_: None)

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
