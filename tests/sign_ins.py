"""Signing somebody in without a page."""

import pytest
import streamlit as st
from streamlit.runtime.context import StreamlitHeaders

from dashboard.session_cookie import SESSION_COOKIE
from db.engine import Sessions
from ingestion import accounts
from ingestion import sessions as web_sessions
from ingestion.accounts import Account
from ingestion.sessions import Client

CLIENT = Client("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "192.0.2.1")


def ticket_of(sessions: Sessions, email: str, *, hours: int = 12, idle_minutes: int = 30) -> str:
    """A ticket for a session of this account."""
    known = accounts.credentials_of(sessions, email)
    password_hash = known.password_hash if known else ""
    return web_sessions.open_session(sessions, email, password_hash, hours=hours, idle_minutes=idle_minutes)


def token_of(
    sessions: Sessions,
    email: str,
    *,
    hours: int = 12,
    idle_minutes: int = 30,
    client: Client = CLIENT,
    replaced: str = "",
) -> str:
    """The token of a new session of this account."""
    ticket = ticket_of(sessions, email, hours=hours, idle_minutes=idle_minutes)
    begun = web_sessions.exchange(sessions, ticket, client, replaced=replaced)
    assert begun is not None
    return begun.token


def account_of_ticket(sessions: Sessions, ticket: str) -> Account | None:
    """Whose session this ticket opens, which is used by that."""
    begun = web_sessions.exchange(sessions, ticket, CLIENT)
    return web_sessions.account_of(sessions, begun.token) if begun else None


def open_with(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    """Have pages find this token in their browser's cookie."""
    monkeypatch.setattr(type(st.context), "cookies", {SESSION_COOKIE: token})
    monkeypatch.setattr(type(st.context), "headers", StreamlitHeaders([("host", "127.0.0.1:8501")]))
