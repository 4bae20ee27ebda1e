"""What the sign-in page offers by the mode of registration, and what a link opens."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import auth, resources
from db.engine import Sessions
from ingestion import access_links, accounts
from ingestion.accounts import Account
from ingestion.authority import COMMAND
from ingestion.rules.permissions import Role
from ingestion.settings import Registration, Settings
from ingestion.watch import Watch
from tests.accounts import add_account
from tests.conftest import ROOT
from tests.dashboard.conftest import click, texts
from tests.dashboard.test_sign_in import signed_in_as

PASSWORD = "a new one for the door"


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch, settings: Settings, sessions: Sessions) -> None:
    monkeypatch.setattr(resources, "sessions", lambda: sessions)
    monkeypatch.setattr(resources, "watch", lambda: Watch({}))
    monkeypatch.setattr(auth, "current_account", lambda **_: None)
    by_mode(monkeypatch, settings, "open")


def by_mode(monkeypatch: pytest.MonkeyPatch, settings: Settings, mode: Registration) -> None:
    changed = settings.model_copy(update={"registration": mode})
    monkeypatch.setattr(resources, "settings", lambda: changed)


def visited(**query: str) -> AppTest:
    """The product, as a visitor's browser opens it, at an address with these parameters."""
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=20)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def fill(app: AppTest, button: str, **values: str) -> AppTest:
    for field in app.text_input:
        if field.label.replace(" ", "_") in values:
            field.set_value(values[field.label.replace(" ", "_")])
    return click(app, button)


def fill_password(app: AppTest, button: str, password: str, **values: str) -> AppTest:
    return fill(app, button, **{"Password": password, "Repeat_the_password": password} | values)


def forms(app: AppTest) -> set[str]:
    return {field.form_id for field in app.text_input}


def link_token(kind: str, sessions: Sessions, ben: Account) -> str:
    if kind == "reset":
        return access_links.offer_reset(sessions, COMMAND, ben.id).token
    return access_links.invite(sessions, "open", COMMAND, "eve@example.com", Role.REVIEWER).token


def test_an_open_installation_without_accounts_begins_with_making_one() -> None:
    app = visited()

    assert [tab.label for tab in app.tabs] == ["Sign in", "Create account"]
    assert app.get("tab_container")[0].proto.tab_container.default_tab_index == 1
    assert "The first one is the administrator's" in texts(app)


@pytest.mark.usefixtures("ana")
def test_an_open_installation_with_accounts_begins_with_signing_in() -> None:
    app = visited()

    assert app.get("tab_container")[0].proto.tab_container.default_tab_index == 0
    assert "first one" not in texts(app)


@pytest.mark.parametrize("mode", ["invite", "closed"])
def test_without_accounts_the_page_says_by_which_command_the_first_is_made(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, sessions: Sessions, mode: Registration
) -> None:
    by_mode(monkeypatch, settings, mode)

    app = visited()

    [command] = app.code
    assert command.value.startswith("python -m ingestion.users add ")
    assert not app.text_input

    add_account(sessions)
    click(app, "It is made: sign in")
    assert forms(app) == {"Login"}


@pytest.mark.parametrize(
    ("mode", "said"), [("invite", "for an invitation"), ("closed", "runs this installation")]
)
@pytest.mark.usefixtures("ana")
def test_unless_it_is_open_nobody_is_offered_an_account(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, mode: Registration, said: str
) -> None:
    by_mode(monkeypatch, settings, mode)

    app = visited()

    assert said in texts(app)
    assert not app.code
    assert forms(app) == {"Login"}


@pytest.mark.parametrize("mode", ["open", "invite"])
def test_an_invitation_makes_an_account_for_its_address_and_signs_in(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, sessions: Sessions, ben: Account, mode: Registration
) -> None:
    by_mode(monkeypatch, settings, mode)
    app = visited(invitation=link_token("invitation", sessions, ben))
    assert "eve@example.com" in texts(app)
    assert "E-mail" not in [field.label for field in app.text_input]
    assert "a reviewer" in texts(app)

    fill_password(app, "Create account", PASSWORD, First_name="Eve", Last_name="Ng")

    account = signed_in_as(app, sessions)
    assert account is not None
    assert (account.email, account.first_name, account.role) == ("eve@example.com", "Eve", "reviewer")
    assert dict(app.query_params) == {}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Password": "short", "Repeat_the_password": "short"}, "at least 12"),
        ({"Repeat_the_password": "another"}, "two passwords differ"),
        ({"First_name": ""}, "Enter your first name"),
        ({"Last_name": "x" * 101}, "Enter your last name"),
    ],
)
def test_an_invited_registration_is_refused_with_the_reason_and_can_be_repeated(
    sessions: Sessions, ben: Account, changes: dict[str, str], said: str
) -> None:
    app = visited(invitation=link_token("invitation", sessions, ben))
    named = {"First_name": "Eve", "Last_name": "Ng"}

    fill_password(app, "Create account", PASSWORD, **named | changes)
    [error] = app.error
    assert said in error.value
    assert accounts.credentials_of(sessions, "eve@example.com") is None

    fill_password(app, "Create account", PASSWORD, **named)
    assert signed_in_as(app, sessions) is not None


def test_where_registration_is_closed_an_invitation_says_so(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, sessions: Sessions, ben: Account
) -> None:
    token = link_token("invitation", sessions, ben)
    by_mode(monkeypatch, settings, "closed")

    app = visited(invitation=token)

    assert "Nobody can make an account here" in texts(app)
    assert not app.text_input


@pytest.mark.parametrize("kind", ["invitation", "reset"])
@pytest.mark.usefixtures("ana")
def test_a_link_that_is_not_good_says_so_and_leads_to_the_sign_in_page(kind: str) -> None:
    app = visited(**{kind: "guessed"})
    assert [error.value for error in app.error] == [access_links.NOT_GOOD]
    assert not app.text_input

    click(app, "Go to sign-in")

    assert "Login" in forms(app)
    assert dict(app.query_params) == {}


def test_a_reset_sets_a_password_with_which_one_signs_in(sessions: Sessions, ben: Account) -> None:
    app = visited(reset=link_token("reset", sessions, ben))
    assert ben.email in texts(app)

    fill_password(app, "Set the password", PASSWORD)
    assert "Your new password is set" in texts(app)
    assert dict(app.query_params) == {}

    next(field for field in app.text_input if field.form_id == "Login").set_value(ben.email)
    next(
        field for field in app.text_input if field.form_id == "Login" and field.label == "Password"
    ).set_value(PASSWORD)
    click(app, "Sign in")
    assert signed_in_as(app, sessions) == ben


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [("short", "short", "at least 12"), (PASSWORD, f"{PASSWORD}!", "two passwords differ")],
)
def test_a_refused_new_password_changes_nothing(
    sessions: Sessions, ben: Account, password: str, again: str, said: str
) -> None:
    before = accounts.credentials_of(sessions, ben.email)
    app = visited(reset=link_token("reset", sessions, ben))

    fill_password(app, "Set the password", password, Repeat_the_password=again)

    assert said in texts(app)
    assert accounts.credentials_of(sessions, ben.email) == before


@pytest.mark.parametrize("kind", ["invitation", "reset"])
def test_who_is_signed_in_chooses_whether_to_follow_a_link(
    monkeypatch: pytest.MonkeyPatch, sessions: Sessions, ana: Account, ben: Account, kind: str
) -> None:
    monkeypatch.setattr(auth, "current_account", lambda **_: ana)
    app = visited(**{kind: link_token(kind, sessions, ben)})
    assert "Ana López (ana@example.com)" in texts(app)
    assert not app.text_input

    click(app, "Stay signed in")

    assert [title.value for title in app.title] == ["Uploads"]
    assert dict(app.query_params) == {}


def test_signing_out_leads_back_to_the_link(
    monkeypatch: pytest.MonkeyPatch, sessions: Sessions, ana: Account, ben: Account
) -> None:
    monkeypatch.setattr(auth, "current_account", lambda **_: ana)
    led: list[str] = []
    monkeypatch.setattr(auth, "sign_out", lambda then: led.append(then))
    token = link_token("reset", sessions, ben)

    click(visited(reset=token), "Sign out and use the link")

    assert led == [f"/?reset={token}"]
