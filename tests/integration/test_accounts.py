"""Accounts and their sessions, on a real Postgres."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from db.engine import Sessions
from db.models import User, UserSession
from ingestion import accounts
from ingestion.errors import SignInRefused
from tests.accounts import add_account


def register(sessions: Sessions, email: str) -> accounts.Account:
    return add_account(sessions, email, "Ana", "López", "a hash")


def signed_in(sessions: Sessions, email: str = "ana@example.com", hours: int = 12) -> str:
    token = accounts.exchange(sessions, accounts.open_session(sessions, email, hours))
    assert token is not None
    return token


def test_the_stored_hash_is_found_by_any_spelling_of_the_address(sessions: Sessions) -> None:
    account = register(sessions, "ana@example.com")

    assert accounts.credentials_of(sessions, "ANA@example.com") == accounts.Credentials(account, "a hash")


@pytest.mark.parametrize("email", ["ben@example.com", "", "\0", "' OR 1=1 --"])
def test_nobody_is_found_by_another_address(sessions: Sessions, email: str) -> None:
    register(sessions, "ana@example.com")

    assert accounts.credentials_of(sessions, email) is None


def test_a_ticket_opens_its_accounts_session(sessions: Sessions) -> None:
    account = register(sessions, "ana@example.com")

    assert accounts.account_of(sessions, signed_in(sessions)) == account


def test_a_ticket_is_exchanged_once(sessions: Sessions) -> None:
    register(sessions, "ana@example.com")
    ticket = accounts.open_session(sessions, "ana@example.com", 12)

    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda _: accounts.exchange(sessions, ticket), range(8)))

    assert len([token for token in tokens if token]) == 1


def test_a_ticket_older_than_30_seconds_is_refused(sessions: Sessions) -> None:
    register(sessions, "ana@example.com")
    ticket = accounts.open_session(sessions, "ana@example.com", 12)
    with sessions.begin() as session:
        session.execute(text("UPDATE sessions SET ticket_expires_at = ticket_expires_at - interval '30 s'"))

    assert accounts.exchange(sessions, ticket) is None


@pytest.mark.parametrize("ticket", ["", "guessed", "\0"])
def test_an_unknown_ticket_is_refused(sessions: Sessions, ticket: str) -> None:
    register(sessions, "ana@example.com")
    signed_in(sessions)

    assert accounts.exchange(sessions, ticket) is None


def test_a_ticket_is_no_token(sessions: Sessions) -> None:
    register(sessions, "ana@example.com")

    assert accounts.account_of(sessions, accounts.open_session(sessions, "ana@example.com", 12)) is None


def test_nobody_without_an_account_gets_a_ticket(sessions: Sessions) -> None:
    with pytest.raises(SignInRefused):
        accounts.open_session(sessions, "ana@example.com", 12)


def test_a_session_ends_after_its_hours(sessions: Sessions) -> None:
    register(sessions, "ana@example.com")
    token = signed_in(sessions, hours=2)
    with sessions.begin() as session:
        session.execute(text("UPDATE sessions SET expires_at = expires_at - interval '119 min'"))
    assert accounts.account_of(sessions, token) is not None

    with sessions.begin() as session:
        session.execute(text("UPDATE sessions SET expires_at = expires_at - interval '1 min'"))
    assert accounts.account_of(sessions, token) is None


def test_signing_out_ends_that_session_and_no_other(sessions: Sessions) -> None:
    register(sessions, "ana@example.com")
    here, elsewhere = signed_in(sessions), signed_in(sessions)

    accounts.sign_out(sessions, here)
    accounts.sign_out(sessions, here)
    accounts.sign_out(sessions, "unknown")

    assert accounts.account_of(sessions, here) is None
    assert accounts.account_of(sessions, elsewhere) is not None


def test_neither_ticket_nor_token_is_stored(sessions: Sessions) -> None:
    register(sessions, "ana@example.com")
    ticket = accounts.open_session(sessions, "ana@example.com", 12)
    token = signed_in(sessions)

    with sessions() as session:
        stored = [
            value
            for row in session.scalars(select(UserSession))
            for value in (row.ticket_hash, row.token_hash)
        ]
        assert session.scalars(select(User.email)).all() == ["ana@example.com"]

    assert ticket not in stored
    assert token not in stored
