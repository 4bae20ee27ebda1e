"""Browsers in which an account's owner signed in before: strangers' wrong passwords do not hold them up.

OWASP calls it a device cookie. It says nothing but that somebody knew the password here once: whoever has it
still needs the password, and has a count of wrong ones of its own.
https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

import datetime as dt

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.queries import known_browsers as queries
from ingestion import tokens

LASTS = dt.timedelta(days=180)
"""Since the last sign-in there."""
_MOST = 20
"""Of one account: somebody who signs in by a script with a new browser each time must not fill the table."""


def remember(sessions: Sessions, user_id: int, *, instead_of: str | None) -> str:
    """A token for the browser in which this user signed in just now, in the place of the one it had."""
    token = tokens.new()
    with sessions.begin() as session:
        if instead_of:
            queries.remove(session, tokens.hashed(instead_of))
        queries.add(session, user_id, tokens.hashed(token))
        queries.keep_newest(session, user_id, _MOST)
    return token


def is_known(session: Session, email: str | None, token: str | None) -> bool:
    """Whether the owner of the account with this normalized address signed in where this token is."""
    return bool(email and token) and queries.is_known(session, str(email), tokens.hashed(str(token)), LASTS)


def forget(session: Session, user_id: int) -> None:
    """Know no browser of this user any more: for when one may be in others' hands."""
    queries.forget(session, user_id)
