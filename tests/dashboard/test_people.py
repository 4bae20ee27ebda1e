"""The page about accounts, over a real table."""

from collections.abc import Callable

import pytest
import streamlit as st
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from dashboard import auth
from db.engine import Sessions
from ingestion import access_links, accounts, administration
from ingestion import sessions as web_sessions
from ingestion.accounts import Account
from ingestion.authority import COMMAND
from ingestion.rules.permissions import Role
from tests.accounts import add_account
from tests.conftest import ROOT
from tests.dashboard.conftest import Visit, click, texts
from tests.sign_ins import token_of

EVIL = "![x](https://evil.example/x.png)"


def people_page() -> None:
    from dashboard.views import people

    people.page()


def dialog() -> None:
    """The inside of a dialog about the second account: a test cannot run one by itself, as a browser does."""
    import streamlit as st

    from dashboard import resources
    from dashboard.components import inviting, notices, people_actions
    from ingestion import access_links, administration
    from ingestion.authority import COMMAND

    notices.show()
    asks = st.session_state["asks"]
    if asks == "invite":
        inviting.invite()
    elif asks == "ask_withdrawal":
        if found := access_links.listed(resources.sessions(), COMMAND):
            inviting.ask_withdrawal(found[0])
    else:
        getattr(people_actions, asks)(administration.people(resources.sessions(), COMMAND)[1])


Ask = Callable[[str], AppTest]


@pytest.fixture
def ana(visit: Visit, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> Account:  # noqa: ARG001
    """The administrator who looks at the page."""
    ana = add_account(sessions, role=Role.ADMINISTRATOR)
    monkeypatch.setattr(auth, "current_account", lambda **_: ana)
    return ana


@pytest.fixture
def ben(sessions: Sessions, ana: Account) -> Account:  # noqa: ARG001
    return add_account(sessions, "ben@example.com", EVIL, "Li")


@pytest.fixture
def ask(ben: Account) -> Ask:  # noqa: ARG001
    """Opens the inside of a dialog about Ben."""

    def ask(name: str) -> AppTest:
        app = AppTest.from_function(dialog, default_timeout=20)
        app.session_state["asks"] = name
        app.run()
        assert not app.exception
        return app

    return ask


def choose(app: AppTest, table: str, line: int) -> AppTest:
    app.session_state[table] = {"selection": {"rows": [line], "columns": [], "cells": []}}
    app.run()
    assert not app.exception
    return app


def addresses(app: AppTest) -> list[str]:
    return [str(email) for email in app.dataframe[0].value["E-mail"]]


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def role_of(sessions: Sessions, account: Account) -> str:
    found = accounts.credentials_of(sessions, account.email)
    return found.account.role if found else "deactivated"


def code(app: AppTest) -> str:
    [shown] = app.code
    return shown.value


def test_an_operator_is_told_whose_page_this_is_and_sees_nothing(visit: Visit, sessions: Sessions) -> None:
    add_account(sessions, "ben@example.com", role=Role.ADMINISTRATOR)

    app = visit(people_page)

    assert "This page is for administrators" in texts(app)
    assert not app.dataframe
    assert not app.button
    assert not app.text_input


@pytest.mark.parametrize(("role", "visibility"), [("operator", "hidden"), ("administrator", "visible")])
def test_only_administrators_find_the_page_in_the_navigation(
    visit: Visit,  # noqa: ARG001  (over the tests' database)
    monkeypatch: pytest.MonkeyPatch,
    user_id: int,
    role: str,
    visibility: str,
) -> None:
    account = Account(user_id, "ana@example.com", "Ana", "López", role)
    monkeypatch.setattr(auth, "current_account", lambda **_: account)

    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=20).run()

    assert not app.exception
    assert app.session_state["pages"]["people"].visibility == visibility


@pytest.mark.usefixtures("ben")
def test_accounts_and_open_links_are_listed(visit: Visit, sessions: Sessions, ana: Account) -> None:
    access_links.invite(sessions, "open", ana.id, "eve@example.com", Role.REVIEWER)

    people, links = [table.value for table in visit(people_page).dataframe]

    assert people[["Name", "E-mail", "Role", "State", "Last active", "Uploads"]].to_numpy().tolist()[:2] == [
        ["Ana López", "ana@example.com", "Administrator", ["Active"], None, 0],
        [f"{EVIL} Li", "ben@example.com", "Operator", ["Active"], None, 0],
    ]
    assert links[["For", "E-mail", "Role", "Made by"]].to_numpy().tolist() == [
        ["Invitation", "eve@example.com", "Reviewer", "Ana López"]
    ]


def test_names_are_shown_as_text(visit: Visit, ben: Account) -> None:
    app = choose(visit(people_page), "people__", 1)

    assert f"{EVIL} Li ({ben.email})" in [element.value for element in app.text]
    assert not any("evil" in element.value for element in app.markdown)


@pytest.mark.usefixtures("ben")
def test_accounts_are_searched(visit: Visit) -> None:
    app = visit(people_page)

    app.text_input[0].set_value("BEN@").run()
    assert app.dataframe[0].value["E-mail"].tolist() == ["ben@example.com"]
    app.text_input[0].set_value("nobody").run()
    assert not app.dataframe
    assert "No account has this" in texts(app)


def test_a_long_list_has_pages_and_each_search_begins_at_its_first(
    visit: Visit, sessions: Sessions, ana: Account
) -> None:
    others = [f"p{number:02}@example.com" for number in range(administration.PAGE_SIZE)]
    with sessions.begin() as session:
        session.execute(
            text("INSERT INTO users (email, first_name, last_name, password_hash) VALUES (:e, 'P', 'P', '')"),
            [{"e": email} for email in others],
        )
    app = visit(people_page)
    assert addresses(app) == [ana.email, *others[:-1]]
    assert "Back" not in labels(app)
    choose(app, "people__", 1)
    assert f"P P ({others[0]})" in texts(app)

    click(app, "More")
    assert addresses(app)[0] == others[-1]
    assert "Choose an account" in texts(app)
    assert labels(app) == ["Invite …", "Back"]

    app.text_input[0].set_value("p0").run()
    assert addresses(app) == others[:10]
    assert labels(app) == ["Invite …"]
    app.text_input[0].set_value("").run()
    assert addresses(click(app, "Back"))[0] == ana.email


def test_what_can_be_done_depends_on_the_account(
    visit: Visit, sessions: Sessions, ana: Account, ben: Account
) -> None:
    page = visit(people_page)
    assert labels(page) == ["Invite …"]
    assert labels(choose(page, "people__", 0)) == ["Invite …"]
    assert "This is you" in texts(page)
    assert labels(choose(page, "people__", 1))[1:] == [
        "Change role …",
        "New password …",
        "Sign out everywhere …",
        "Deactivate …",
    ]

    administration.deactivate(sessions, ana.id, ben.id)
    assert labels(page.run())[1:] == ["Activate …"]


@pytest.mark.usefixtures("ana")
def test_a_choice_that_is_gone_is_none(visit: Visit) -> None:
    assert "Choose an account" in texts(choose(visit(people_page), "people__", 7))


def test_an_invitation_is_shown_once_at_the_address_that_the_browser_used(
    sessions: Sessions, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(st.context), "url", "https://contacts.example.com:8443/people")
    app = ask("invite")
    app.text_input[0].set_value("eve@example.com")
    app.radio[0].set_value(Role.REVIEWER)

    click(app, "Make the link")

    base, token = code(app).split("=")
    assert base == "https://contacts.example.com:8443/?invitation"
    invitation = access_links.invitation(sessions, "invite", token)
    assert (invitation.email, invitation.role) == ("eve@example.com", Role.REVIEWER)
    assert not app.run().code


def test_a_refused_invitation_is_explained(ask: Ask) -> None:
    app = ask("invite")
    app.text_input[0].set_value("ben@example.com")

    click(app, "Make the link")

    assert "already an account" in texts(app)
    assert not app.code


def test_an_offer_of_a_new_password_is_shown_once(sessions: Sessions, ask: Ask) -> None:
    app = click(ask("ask_reset"), "Make the link")

    assert "/?reset=" in code(app)
    [link] = access_links.listed(sessions, COMMAND)
    assert link.email == "ben@example.com"
    assert not app.run().code


def test_a_role_is_changed_after_choosing_another(sessions: Sessions, ask: Ask, ben: Account) -> None:
    app = ask("ask_role")
    assert next(button for button in app.button if button.label == "Change role").disabled

    app.radio[0].set_value(Role.REVIEWER).run()
    click(app, "Change role")

    assert role_of(sessions, ben) == "reviewer"


def test_an_account_is_signed_out_deactivated_and_activated(
    sessions: Sessions, ask: Ask, ben: Account
) -> None:
    token = token_of(sessions, ben.email)
    assert token is not None

    click(ask("ask_sign_out"), "Sign out everywhere")
    assert web_sessions.account_of(sessions, token) is None
    click(ask("ask_deactivation"), "Deactivate")
    assert role_of(sessions, ben) == "deactivated"
    click(ask("ask_activation"), "Activate")
    assert role_of(sessions, ben) == "operator"


def test_a_refusal_is_said_where_it_was_asked(sessions: Sessions, ask: Ask, ana: Account) -> None:
    app = ask("ask_deactivation")
    zoe = add_account(sessions, "zoe@example.com", role=Role.ADMINISTRATOR)
    administration.change_role(sessions, zoe.id, ana.id, Role.OPERATOR)

    click(app, "Deactivate")

    assert "Only administrators may do this" in texts(app)


def test_an_open_link_is_withdrawn(sessions: Sessions, ask: Ask, ana: Account, visit: Visit) -> None:
    access_links.invite(sessions, "open", ana.id, "eve@example.com", Role.OPERATOR)
    page = visit(people_page)
    [link] = access_links.listed(sessions, COMMAND)
    assert "Withdraw …" in labels(choose(page, f"open_links_{link.id}_1", 0))

    click(ask("ask_withdrawal"), "Withdraw")

    assert access_links.listed(sessions, COMMAND) == []
    assert "Nobody is invited" in texts(page.run())
