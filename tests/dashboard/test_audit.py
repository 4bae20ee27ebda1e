"""The page that shows administrators what was done, and its words."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from starlette.datastructures import QueryParams
from streamlit.testing.v1 import AppTest

from dashboard import audit_address, auth
from dashboard.components import audit_words
from db.engine import Sessions
from db.queries import audit as queries
from ingestion.accounts import Account
from ingestion.audit import PAGE_SIZE, AuditAction, AuditEntry, Group, Wanted
from tests.conftest import add_user
from tests.dashboard.conftest import Visit, click, links, texts

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
FILE = {"file": "may.csv"}
BO = {"account": 2, "email": "bo@example.com"}
EVIL = "![x](x.png) <b>"


def audit_page() -> None:
    from dashboard.views import audit

    audit.page()


@pytest.fixture
def visit_as_administrator(
    visit: Visit, administrator: int, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], AppTest]:
    """Opens the page as an administrator."""
    account = Account(administrator, "olga@example.com", "Olga", "Ruiz", "administrator")
    monkeypatch.setattr(auth, "current_account", lambda **_: account)
    return lambda: visit(audit_page)


def add(sessions: Sessions, action: str, user_id: int | None, job_id: int | None = None, **what: Any) -> None:
    with sessions.begin() as session:
        queries.add(session, action, user_id=user_id, job_id=job_id, detail=what)


def column(app: AppTest, name: str) -> list[Any]:
    return list(app.dataframe[0].value[name])


def test_an_operator_is_told_whose_page_this_is_and_sees_nothing(
    visit: Visit, sessions: Sessions, user_id: int
) -> None:
    add(sessions, AuditAction.SIGN_IN, user_id)
    app = visit(audit_page)
    assert "This page is for administrators." in texts(app)
    assert not app.dataframe
    assert not app.text_input
    assert not links(app)


def test_where_nothing_was_done_there_is_no_table_and_no_file(
    visit_as_administrator: Callable[[], AppTest],
) -> None:
    app = visit_as_administrator()
    assert "Nothing was done yet." in texts(app)
    assert not app.dataframe
    assert not links(app)


def test_entries_say_who_did_what_and_from_where(
    visit_as_administrator: Callable[[], AppTest], sessions: Sessions, user_id: int
) -> None:
    add(sessions, AuditAction.SIGN_IN, user_id, client="192.0.2.7")
    add(sessions, AuditAction.SHARE_UPLOAD, user_id, 12, file=EVIL, **BO)
    add(sessions, AuditAction.PURGE_UPLOAD, None, 12, **FILE)

    app = visit_as_administrator()

    assert column(app, "What") == [
        "Removed all that may.csv (upload 12) had",
        f"Shared {EVIL} (upload 12) with bo@example.com",
        "Signed in",
    ]
    assert column(app, "Who")[0] == "the product"
    assert all(name.startswith("Ana No") for name in column(app, "Who")[1:])
    assert app.dataframe[0].value["From"].dropna().tolist() == ["192.0.2.7"]
    assert EVIL not in texts(app)
    assert links(app) == {"Download (CSV)": "/downloads/audit.csv"}


def test_pages_are_turned_to_the_end_and_back_and_begin_anew_with_another_filter(
    visit_as_administrator: Callable[[], AppTest], sessions: Sessions, user_id: int
) -> None:
    for job_id in range(PAGE_SIZE + 10):
        add(sessions, AuditAction.EXPORT_SUMMARY, user_id, job_id, **FILE)

    app = visit_as_administrator()
    assert column(app, "Upload")[0] == PAGE_SIZE + 9
    click(app, "Older")
    assert column(app, "Upload") == list(range(9, -1, -1))
    assert "Older" not in {button.label for button in app.button}
    click(app, "Newer")
    assert len(column(app, "Upload")) == PAGE_SIZE

    click(app, "Older")
    app.multiselect[0].set_value([Group.EXPORTS]).run()
    assert len(column(app, "Upload")) == PAGE_SIZE


def test_a_last_page_that_is_full_has_none_after_it(
    visit_as_administrator: Callable[[], AppTest], sessions: Sessions, user_id: int
) -> None:
    for _ in range(PAGE_SIZE):
        add(sessions, AuditAction.SIGN_IN, user_id)
    app = visit_as_administrator()
    assert len(column(app, "What")) == PAGE_SIZE
    assert not app.button


def test_what_is_chosen_restricts_the_table_and_the_file_alike(
    visit_as_administrator: Callable[[], AppTest], sessions: Sessions, user_id: int
) -> None:
    add(sessions, AuditAction.EXPORT_SUMMARY, user_id, 7, **FILE)
    add(sessions, AuditAction.DELETE_UPLOAD, user_id, 7, **FILE)
    add(sessions, AuditAction.DELETE_UPLOAD, user_id, 8, **FILE)

    app = visit_as_administrator()
    app.multiselect[0].set_value([Group.DELETIONS]).run()
    app.number_input[0].set_value(7).run()
    today = dt.datetime.now(dt.UTC).date()
    app.date_input[0].set_value((today - dt.timedelta(days=1), today + dt.timedelta(days=1))).run()

    assert column(app, "What") == ["Deleted may.csv (upload 7)"]
    address = links(app)["Download (CSV)"]
    wanted = audit_address.wanted_in(QueryParams(address.partition("?")[2]))
    midnight = dt.datetime.combine(today, dt.time.min, dt.UTC)
    assert wanted == Wanted(
        frozenset({Group.DELETIONS}),
        midnight - dt.timedelta(days=1),
        midnight + dt.timedelta(days=2),
        job_id=7,
    )

    app.number_input[0].set_value(9).run()
    assert "No entry matches." in texts(app)
    assert not app.dataframe


def test_a_person_is_looked_for_by_their_address(
    visit_as_administrator: Callable[[], AppTest], sessions: Sessions, user_id: int
) -> None:
    other = add_user(sessions)
    add(sessions, AuditAction.SIGN_IN, user_id)
    add(sessions, AuditAction.SIGN_OUT, other)
    with sessions() as session:
        email = queries.page(session, queries.Criteria(), before=None, limit=1)[0].email
    assert email

    app = visit_as_administrator()
    app.text_input[0].set_value(f" {email.upper()} ").run()
    assert column(app, "What") == ["Signed out"]
    assert links(app)["Download (CSV)"] == f"/downloads/audit.csv?account={other}"

    app.text_input[0].set_value("nobody@example.com").run()
    assert "No account has this e-mail address." in texts(app)
    assert not app.dataframe


@pytest.mark.parametrize(
    ("action", "job_id", "detail", "sentence"),
    [
        (
            AuditAction.DELETE_UPLOAD,
            12,
            {**FILE, "reason": "asked for"},
            "Deleted may.csv (upload 12): asked for",
        ),
        (AuditAction.PURGE_UPLOAD, 12, FILE, "Removed all that may.csv (upload 12) had"),
        (AuditAction.SEND_BACK_LETTER, 12, {}, "Sent back a dead letter about upload 12"),
        (AuditAction.DISCARD_LETTER, None, {"reason": "empty"}, "Discarded a dead letter: empty"),
        (AuditAction.SIGN_IN, None, {"client": "192.0.2.7"}, "Signed in"),
        (AuditAction.SIGN_IN_REFUSED, None, BO, "Could not sign in as bo@example.com"),
        (AuditAction.SIGN_IN_REFUSED, None, {}, "Could not sign in"),
        (
            AuditAction.SIGN_IN_PAUSED,
            None,
            BO,
            "Had to pause after too many wrong passwords for bo@example.com",
        ),
        (
            AuditAction.SIGN_IN_PAUSED,
            None,
            {"paused": "registration"},
            "Had to pause after asking for too many accounts",
        ),
        (AuditAction.SIGN_OUT, None, {}, "Signed out"),
        (AuditAction.END_SESSIONS, None, BO, "Ended all sessions of bo@example.com"),
        (AuditAction.MAKE_ACCOUNT, None, BO, "Made an account for bo@example.com"),
        (AuditAction.INVITE, None, {**BO, "role": "reviewer"}, "Invited bo@example.com as a reviewer"),
        (
            AuditAction.WITHDRAW_LINK,
            None,
            {**BO, "kind": "invitation"},
            "Withdrew the invitation for bo@example.com",
        ),
        (
            AuditAction.CHANGE_ROLE,
            None,
            {**BO, "role": "administrator", "before": "operator"},
            "Made bo@example.com an administrator, who was an operator",
        ),
        (AuditAction.DEACTIVATE_ACCOUNT, None, BO, "Deactivated the account of bo@example.com"),
        (AuditAction.ACTIVATE_ACCOUNT, None, BO, "Activated the account of bo@example.com again"),
        (AuditAction.OFFER_RESET, None, BO, "Made a link to a new password for bo@example.com"),
        (AuditAction.CHANGE_PASSWORD, None, {}, "Changed the password"),
        (AuditAction.SHARE_UPLOAD, 12, {**FILE, **BO}, "Shared may.csv (upload 12) with bo@example.com"),
        (
            AuditAction.UNSHARE_UPLOAD,
            12,
            {**FILE, **BO},
            "No longer shares may.csv (upload 12) with bo@example.com",
        ),
        (
            AuditAction.EXPORT_CONTACTS,
            12,
            {**FILE, "format": "xlsx"},
            "Exported the contacts of may.csv (upload 12) as Excel",
        ),
        (
            AuditAction.EXPORT_CONTACTS,
            12,
            {**FILE, "format": "csv", "version": 2, "cells": "exact"},
            "Exported version 2 of the contacts of may.csv (upload 12) as CSV, with exact cells",
        ),
        (
            AuditAction.EXPORT_ROWS,
            12,
            {**FILE, "rows": "left-out"},
            "Exported rows left out of may.csv (upload 12)",
        ),
        (AuditAction.EXPORT_SUMMARY, 12, FILE, "Exported the summary of may.csv (upload 12)"),
        (AuditAction.EXPORT_AUDIT, None, {}, "Exported the audit log"),
        (AuditAction.EXPORT_AUDIT, None, {"groups": ["access"]}, "Exported a part of the audit log"),
    ],
)
def test_each_action_is_said_in_a_sentence(
    action: AuditAction, job_id: int | None, detail: dict[str, Any], sentence: str
) -> None:
    assert audit_words.what(AuditEntry(1, NOW, None, None, action, job_id, detail)) == sentence


@pytest.mark.parametrize("action", AuditAction)
def test_an_entry_that_says_nothing_more_is_a_sentence_too(action: AuditAction) -> None:
    sentence = audit_words.what(AuditEntry(1, NOW, None, None, action, None, {}))
    assert sentence
    assert "None" not in sentence


@pytest.mark.parametrize(
    ("action", "who", "detail", "said"),
    [
        (AuditAction.SIGN_IN, "Ana López", {}, "Ana López"),
        (AuditAction.CHANGE_ROLE, None, {"by": "command"}, "the command"),
        (AuditAction.SIGN_IN_REFUSED, None, {}, "a visitor"),
        (AuditAction.SIGN_IN_PAUSED, None, {}, "a visitor"),
        (AuditAction.DELETE_UPLOAD, None, {}, "the product"),
    ],
)
def test_it_is_said_who_did_it(
    action: AuditAction, who: str | None, detail: dict[str, Any], said: str
) -> None:
    assert audit_words.who(AuditEntry(1, NOW, who, None, action, None, detail)) == said


def test_an_address_leads_back_to_what_is_looked_for_and_names_no_person() -> None:
    east = dt.timezone(dt.timedelta(hours=2))
    wanted = Wanted(frozenset(Group), NOW, NOW.astimezone(east), account_id=3, job_id=12)
    address = audit_address.address_of(wanted)
    assert audit_address.wanted_in(QueryParams(address.partition("?")[2])) == wanted
    assert "@" not in address
    assert "%40" not in address
