"""A password that somebody chose, ready to be stored."""

import bcrypt

from ingestion.errors import SignInRefused
from ingestion.rules import passwords


def hashed(password: str) -> str:
    """The bcrypt hash of a new password. Raises SignInRefused, saying what is wrong with it."""
    # As the sign-in form has it: white space around a password is no part of it.
    password = password.strip()
    if problem := passwords.problem_of(password):
        raise SignInRefused(problem)
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt()).decode()
