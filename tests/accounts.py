"""Accounts for tests, made as the command makes them."""

from db.engine import Sessions
from ingestion import registration
from ingestion.accounts import Account
from ingestion.registration import Applicant
from ingestion.rules.permissions import Role


def add_account(
    sessions: Sessions,
    email: str = "ana@example.com",
    first_name: str = "Ana",
    last_name: str = "López",
    password_hash: str = "a hash",  # noqa: S107
    role: Role | None = None,
) -> Account:
    """One more account; the first is an administrator's, others are operators' unless said."""
    return registration.add(sessions, Applicant(email, first_name, last_name, password_hash), role)
