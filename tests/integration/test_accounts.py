"""Accounts, on a real Postgres."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from db.engine import Sessions
from ingestion import accounts
from ingestion.errors import SignInRefused


def register(sessions: Sessions, email: str) -> accounts.Account:
    return accounts.register(sessions, email, "Ana", "López", "a hash")


def test_the_first_account_is_an_administrators_and_the_next_an_operators(sessions: Sessions) -> None:
    assert register(sessions, "ana@example.com").role == "administrator"
    assert register(sessions, "ben@example.com").role == "operator"


def test_of_accounts_registered_at_the_same_time_one_is_an_administrators(sessions: Sessions) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = pool.map(lambda n: register(sessions, f"user{n}@example.com"), range(8))

        assert sorted(account.role for account in made) == ["administrator"] + ["operator"] * 7


def test_an_address_has_one_account_whatever_its_spelling(sessions: Sessions) -> None:
    assert register(sessions, " Ana@Example.COM ").email == "ana@example.com"

    with pytest.raises(SignInRefused, match="already an account"):
        register(sessions, "ANA@example.com")


def test_one_address_registered_twice_at_the_same_time_is_refused_once(sessions: Sessions) -> None:
    def attempt(_: int) -> str:
        try:
            return register(sessions, "ana@example.com").email
        except SignInRefused:
            return "refused"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == ["ana@example.com", *["refused"] * 3]


@pytest.mark.parametrize("email", ["", "ana", "ana@", "a@b", "ana@example.com\0"])
def test_what_is_no_address_gets_no_account(sessions: Sessions, email: str) -> None:
    with pytest.raises(SignInRefused, match="complete e-mail address"):
        register(sessions, email)


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
