"""Secrets that somebody is given once: of sessions, tickets, links and known browsers."""

import hashlib
import secrets

_BYTES = 32


def new() -> str:
    """One that nobody had before, of letters, digits, - and _."""
    return secrets.token_urlsafe(_BYTES)


def hashed(token: str) -> str:
    """As which it is stored, so that whoever reads the table cannot use it.

    256 random bits need no slow hash: there is nothing to guess.
    """
    # Whatever somebody made up instead of one is looked up like one, and not found.
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
