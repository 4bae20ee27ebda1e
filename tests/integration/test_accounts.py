"""Accounts, on a real Postgres."""

import pytest
from sqlalchemy import text

from db.engine import Sessions
from ingestion import accounts
from tests.accounts import add_account


def register(sessions: Sessions, email: str) -> accounts.Account:
    return add_account(sessions, email, "Ana", "López", "a hash")


def test_the_stored_hash_is_found_by_any_spelling_of_the_address(sessions: Sessions) -> None:
    account = register(sessions, "ana@example.com")

    assert accounts.credentials_of(sessions, "ANA@example.com") == accounts.Credentials(account, "a hash")


@pytest.mark.parametrize("email", ["ben@example.com", "", "\0", "' OR 1=1 --"])
def test_nobody_is_found_by_another_address(sessions: Sessions, email: str) -> None:
    register(sessions, "ana@example.com")

    assert accounts.credentials_of(sessions, email) is None


def test_nobody_is_found_by_the_address_of_a_deactivated_account(sessions: Sessions) -> None:
    account = register(sessions, "ana@example.com")
    with sessions.begin() as session:
        session.execute(text("UPDATE users SET deactivated_at = now() WHERE id = :id"), {"id": account.id})

    assert accounts.credentials_of(sessions, "ana@example.com") is None
