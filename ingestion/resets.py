"""Setting a new password by a link, for who has lost the old one."""

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import AccessLink, User
from db.queries import access_links as links
from db.queries import accounts as users
from db.queries import sessions as sessions_of_users
from ingestion import access_links, accounts, authority, known_browsers, new_passwords
from ingestion.access_links import NOT_GOOD, LinkKind
from ingestion.audit import AuditAction
from ingestion.errors import SignInRefused
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)


def owner_of(sessions: Sessions, token: str) -> str:
    """The address of the account that the link is for. Raises SignInRefused if the link is not good."""
    with sessions() as session:
        _, owner = _link_and_owner(session, token)
        return owner.email


def set_password(sessions: Sessions, token: str, password: str) -> None:
    """Give the account a new password, and use the link up.

    Whoever knew the old one is kept out: all sessions of the account end, the browsers in which it was used
    are forgotten, and other links to it are withdrawn. Raises SignInRefused if the link is not good, and
    PasswordRefused; nothing is done then.
    """
    with sessions() as session:
        _, owner = _link_and_owner(session, token)  # a guessed link costs no hashing
    # It takes a quarter of a second: before the lock.
    password_hash = new_passwords.hashed(password, (owner.email, owner.first_name, owner.last_name))
    with sessions.begin() as session:
        users.lock_accounts(session)
        link, user = _link_and_owner(session, token)
        user.password_hash = password_hash
        links.mark_used(session, link)
        links.withdraw_resets(session, user.id)
        ended = sessions_of_users.end_all(session, user.id)
        known_browsers.forget(session, user.id)
        detail = {"account": user.id, "email": user.email, "by_link": True, "sessions": ended}
        authority.note(session, user.id, AuditAction.CHANGE_PASSWORD, **detail)
    logger.info("password_set_by_link", account_id=user.id)


def _link_and_owner(session: Session, token: str) -> tuple[AccessLink, User]:
    link = access_links.usable(session, LinkKind.RESET, token)
    user = accounts.active(session, link.user_id or 0)
    if user is None:
        raise SignInRefused(NOT_GOOD)
    return link, user
