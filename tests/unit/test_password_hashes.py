"""Passwords as they are stored and compared."""

import unicodedata

import bcrypt
import pytest

from ingestion import password_hashes
from tests.spies import noted

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def stored() -> str:
    return password_hashes.hash_of(PASSWORD)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What bcrypt is asked about."""
    return noted(monkeypatch, bcrypt, "checkpw", 0)


def test_a_hash_is_that_passwords_and_no_others(stored: str) -> None:
    assert password_hashes.matches(PASSWORD, stored)
    assert not password_hashes.matches(PASSWORD + "!", stored)
    assert password_hashes.hash_of(PASSWORD) != stored


def test_nobodys_hash_costs_what_an_accounts_does_and_matches_nothing(stored: str) -> None:
    assert password_hashes.NOBODYS[:7] == stored[:7]
    assert len(password_hashes.NOBODYS) == len(stored)
    assert not any(password_hashes.matches(typed, password_hashes.NOBODYS) for typed in ("", ".", PASSWORD))


@pytest.mark.parametrize("typed", ["", "\0" * 12, "x" * 73, "x" * 10_000, "é" * 40, "\u0323\u0301" * 10_000])
def test_any_password_is_compared_once(stored: str, compared: list[bytes], typed: str) -> None:
    assert not password_hashes.matches(typed, stored)
    assert not password_hashes.matches(typed, password_hashes.NOBODYS)

    assert len(compared) == 2


def test_what_follows_the_72nd_byte_counts() -> None:
    stored = password_hashes.hash_of("x" * 72)

    assert password_hashes.matches("x" * 72, stored)
    assert not password_hashes.matches("x" * 73, stored)


def test_an_accent_is_the_same_on_every_keyboard() -> None:
    stored = password_hashes.hash_of("un café allongé")

    assert password_hashes.matches(unicodedata.normalize("NFD", "un café allongé"), stored)


def test_a_hash_of_what_was_typed_before_there_was_one_spelling_stays_good(compared: list[bytes]) -> None:
    typed = unicodedata.normalize("NFD", "un café allongé")
    stored = bcrypt.hashpw(typed.encode(), bcrypt.gensalt(4)).decode()

    assert password_hashes.matches(typed, stored)
    assert not password_hashes.matches(typed, password_hashes.NOBODYS)
    assert len(compared) == 4, "twice for an account's and for nobody's"
