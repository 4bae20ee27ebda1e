"""A new password in the place of one that is known."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import User
from db.queries import access_links
from db.queries import accounts as users
from db.queries import sessions as session_queries
from ingestion import accounts, authority, known_browsers, password_hashes, tokens
from ingestion.audit import AuditAction
from ingestion.errors import NotFound, PasswordRefused
from ingestion.rules import passwords
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

Check = Callable[[], bool]
Attempt = Callable[[Check], bool]
"""Has a password checked and gives the result; or raises, where nobody may try at the moment."""


def change(
    sessions: Sessions,
    user_id: int,
    *,
    current: str,
    new: str,
    token: str,
    attempt: Attempt = lambda check: check(),
) -> int:
    """Set a new password for somebody who knows the current one, and end all sessions but `token`'s.

    Links by which a new one could be set are withdrawn, and no browser of theirs counts as known any more,
    `token`'s neither. How many sessions were ended. `attempt` counts the tries: whoever sits at an open page
    may guess as at the door.
    Raises PasswordRefused with the reason: the current one is wrong, or the new one is not taken.
    """
    with sessions() as session:
        user = _user(session, user_id)
        known_by = user.password_hash
        own = (user.email, user.first_name, user.last_name)
    if problem := passwords.problem_of(new, own):
        raise PasswordRefused(problem)
    if not attempt(lambda: password_hashes.matches(current, known_by)):
        logger.warning("password_not_changed", user_id=user_id)
        raise PasswordRefused("The current password is wrong.")
    if passwords.normalized(new) == passwords.normalized(current):
        raise PasswordRefused("The new password is the current one. Choose another.")
    made = password_hashes.hash_of(new)
    with sessions.begin() as session:
        # Before the row is changed, as administrators do: else each could wait for the other.
        users.lock_accounts(session)
        user = _user(session, user_id)
        if user.password_hash != known_by:
            raise PasswordRefused("The password was changed elsewhere a moment ago. Sign in with that one.")
        user.password_hash = made
        access_links.withdraw_resets(session, user_id)
        ended = session_queries.end_all(session, user_id, but_token_hash=tokens.hashed(token))
        known_browsers.forget(session, user_id)
        authority.note(session, user_id, AuditAction.CHANGE_PASSWORD, ended=ended)
    logger.info("password_changed", user_id=user_id, sessions=ended)
    return ended


def _user(session: Session, user_id: int) -> User:
    user = accounts.active(session, user_id)
    if user is None:
        raise NotFound("This account no longer exists.")
    return user
