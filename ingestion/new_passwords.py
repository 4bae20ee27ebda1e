"""A password that somebody chose, ready to be stored."""

from collections.abc import Sequence

from ingestion import password_hashes
from ingestion.errors import PasswordRefused
from ingestion.rules import passwords


def hashed(password: str, own: Sequence[str]) -> str:
    """The hash of a new password of somebody whose `own` address and names it must not be.

    White space around it is no part of it, as the sign-in form has it. Raises PasswordRefused.
    """
    password = password.strip()
    if problem := passwords.problem_of(password, own):
        raise PasswordRefused(problem)
    return password_hashes.hash_of(password)
