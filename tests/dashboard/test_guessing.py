"""Guessing at the sign-in page: what its forms look at, and what they say."""

from dataclasses import replace
from typing import Any

import bcrypt
import pytest
import streamlit as st
from streamlit.runtime.context import StreamlitHeaders
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from dashboard.client import BROWSER_COOKIE
from db.engine import Sessions
from ingestion import attempts, known_browsers
from ingestion.accounts import Account
from ingestion.audit import AuditAction
from ingestion.rules.pauses import PAUSES
from ingestion.settings import Settings
from tests.dashboard.test_sign_in import (
    PASSWORD,
    ana,
    errors,
    register,
    run,
    shared,
    sign_in,
    sign_in_page,
    signed_in_as,
)
from tests.entries import entries
from tests.spies import noted

__all__ = ["ana", "shared"]

WRONG = "The e-mail address or the password is wrong."
PAUSED = "Too many passwords were wrong. Please try again in 15 minutes."


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are free, and then the longest pause begins."""
    longest = {kind: replace(pauses, free=2, first=pauses.longest) for kind, pauses in PAUSES.items()}
    monkeypatch.setattr(attempts, "PAUSES", longest)


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The passwords that were compared with a hash."""
    return noted(monkeypatch, bcrypt, "checkpw", 0)


def come_from(monkeypatch: pytest.MonkeyPatch, address: str | None, **headers: str) -> None:
    monkeypatch.setattr(type(st.context), "ip_address", address)
    monkeypatch.setattr(type(st.context), "headers", StreamlitHeaders(headers.items()))


def guess(email: str = "ana@example.com", times: int = 2) -> AppTest:
    app = run(sign_in_page)
    for number in range(times):
        app = sign_in(app, email, f"wrong wrong {number}")
        assert errors(app) == [WRONG]
    return app


def test_after_some_wrong_passwords_not_even_the_right_one_is_looked_at(
    ana: Account, looked_at: list[bytes]
) -> None:
    app = sign_in(guess(), ana.email, PASSWORD)

    assert errors(app) == [PAUSED]
    assert len(looked_at) == 2
    assert "sign_in_ticket" not in app.session_state


@pytest.mark.usefixtures("ana")
def test_the_page_says_the_same_of_an_address_that_nobody_has() -> None:
    known = sign_in(guess(), "ana@example.com", PASSWORD)
    come = sign_in(guess("nobody@example.com", 0), "nobody@example.com", PASSWORD)

    assert errors(known) == [PAUSED]
    assert errors(come) == [PAUSED]  # from the same address


def test_the_pause_is_not_said_again_when_the_page_runs_for_another_reason(ana: Account) -> None:
    app = sign_in(guess(), ana.email, PASSWORD)

    assert errors(app.run()) == []


def test_the_owner_signs_in_where_they_signed_in_before_whatever_others_send_from_there(
    monkeypatch: pytest.MonkeyPatch, sessions: Sessions, ana: Account
) -> None:
    guess()
    token = known_browsers.remember(sessions, ana.id, instead_of=None)
    monkeypatch.setattr(type(st.context), "cookies", {BROWSER_COOKIE: token})

    assert signed_in_as(sign_in(run(sign_in_page), ana.email, PASSWORD), sessions) == ana


def test_others_at_another_address_are_not_held_up(
    monkeypatch: pytest.MonkeyPatch, sessions: Sessions, ana: Account
) -> None:
    come_from(monkeypatch, "192.0.2.1")
    guess("ben@example.com")
    come_from(monkeypatch, "192.0.2.2")

    assert signed_in_as(sign_in(run(sign_in_page), ana.email, PASSWORD), sessions) == ana


def test_behind_a_proxy_clients_are_told_apart_by_what_it_says(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, sessions: Sessions, ana: Account
) -> None:
    from dashboard import resources

    monkeypatch.setattr(resources, "settings", lambda: settings.model_copy(update={"proxy_hops": 1}))
    come_from(monkeypatch, "10.0.0.9", **{"X-Forwarded-For": "invented, 192.0.2.1"})
    guess("ben@example.com")
    come_from(monkeypatch, "10.0.0.9", **{"X-Forwarded-For": "192.0.2.1, 192.0.2.2"})
    assert signed_in_as(sign_in(run(sign_in_page), ana.email, PASSWORD), sessions) == ana

    come_from(monkeypatch, "10.0.0.9", **{"X-Forwarded-For": "192.0.2.1"})
    assert errors(sign_in(run(sign_in_page), ana.email, PASSWORD)) == [PAUSED]


def test_a_browser_that_interrupts_the_page_keeps_no_wrong_password_out_of_the_log(
    monkeypatch: pytest.MonkeyPatch, sessions: Sessions, ana: Account
) -> None:
    def interrupt(state: Any, name: str, value: object) -> None:
        if name == "authentication_status" and value is False:
            raise StopException
        keep(state, name, value)

    keep = type(st.session_state).__setitem__
    monkeypatch.setattr(type(st.session_state), "__setitem__", interrupt)
    sign_in(run(sign_in_page), ana.email, "wrong wrong wrong")

    entry = entries(sessions)[-1]
    assert (entry.action, entry.detail["account"]) == (AuditAction.SIGN_IN_REFUSED, ana.id)


@pytest.mark.usefixtures("ana")
def test_asking_which_addresses_have_an_account_is_slowed_down(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    from dashboard import resources

    monkeypatch.setattr(
        resources, "settings", lambda: settings.model_copy(update={"registrations_per_hour": 2})
    )
    app = run(sign_in_page)
    for _ in range(3):  # a slip is free
        [error] = errors(register(app, "ben@example.com", "short"))
        assert "at least 12" in error
    for _ in range(2):
        [error] = errors(register(app, "ana@example.com", PASSWORD))
        assert "already an account" in error

    [error] = errors(register(app, "ana@example.com", PASSWORD))
    assert "asked for from your network lately. Please try again in 60 minutes." in error
