"""Looking after accounts: who there is, what they may do, and keeping them out.

Everything here is for administrators and for the command, and what changes something is audited. Accounts are
changed one at a time, under a lock, and the permission is read under it: of two administrators who demote
each other at the same moment, the second is none any more. So there is always somebody left to administer.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import User
from db.queries import access_links
from db.queries import administration as queries
from db.queries import sessions as sessions_of_users
from ingestion import accounts, authority, known_browsers
from ingestion.audit import AuditAction
from ingestion.authority import By
from ingestion.errors import NotAllowed, NotFound
from ingestion.rules.permissions import Role
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

PAGE_SIZE = 50


@dataclass(frozen=True)
class Person:
    """An account as an administrator sees it. Times are in UTC."""

    id: int
    email: str
    first_name: str
    last_name: str
    role: Role
    created_at: dt.datetime
    deactivated_at: dt.datetime | None
    last_active_at: dt.datetime | None
    """None: never signed in."""
    uploads: int
    """That are not deleted."""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_active(self) -> bool:
        """Whether the account can be used."""
        return self.deactivated_at is None


def people(
    sessions: Sessions, by: By, *, search: str = "", after: str = "", limit: int | None = PAGE_SIZE
) -> list[Person]:
    """Accounts in order of their addresses, from the one that follows the address `after`.

    With `search`, those whose name or address holds each of its words. Raises NotAllowed.
    """
    with sessions() as session:
        authority.check(session, by)
        found = queries.people(session, search=search.replace("\0", ""), after=after, limit=limit)
        return [Person(**one._asdict() | {"role": Role(one.role)}) for one in found]


def id_of(sessions: Sessions, by: By, email: str) -> int:
    """The id of the account with this address, in any spelling. Raises NotAllowed and NotFound."""
    with sessions() as session:
        authority.check(session, by)
        user = accounts.by_address(session, email)
        if user is None:
            raise NotFound("There is no account with this e-mail address.")
        return user.id


def change_role(sessions: Sessions, by: By, account_id: int, role: Role) -> None:
    """Give an account another role, which counts from its next click on.

    What a former administrator had invited, or made links for, is withdrawn. Raises NotFound, and NotAllowed
    unless `by` may do it: nobody changes their own role, and the last administrator stays one.
    """
    with sessions.begin() as session:
        authority.claim(session, by)
        user = authority.account(session, account_id)
        if user.role == role:
            return
        if user.id == by:
            raise NotAllowed("Nobody changes their own role. Ask another administrator.")
        withdrawn = 0
        if user.role == Role.ADMINISTRATOR:
            _require_another(session, user)
            withdrawn = access_links.withdraw_made_by(session, user.id)
        detail = {"before": user.role, "role": role, "withdrawn": withdrawn}
        user.role = role
        _note(session, by, AuditAction.CHANGE_ROLE, user, **detail)


def deactivate(sessions: Sessions, by: By, account_id: int) -> None:
    """Keep an account out: its sessions end at once, and links made for it or by it are withdrawn.

    Its uploads stay, and administrators see them. Nothing happens to one that is deactivated already. Raises
    NotFound, and NotAllowed unless `by` may do it: nobody deactivates themselves, or the last administrator.
    """
    with sessions.begin() as session:
        authority.claim(session, by)
        user = authority.account(session, account_id)
        if user.deactivated_at is not None:
            return
        if user.id == by:
            raise NotAllowed("Nobody deactivates their own account. Ask another administrator.")
        if user.role == Role.ADMINISTRATOR:
            _require_another(session, user)
        queries.set_active(session, user.id, active=False)
        ended = sessions_of_users.end_all(session, user.id)
        known_browsers.forget(session, user.id)
        withdrawn = access_links.withdraw_resets(session, user.id)
        withdrawn += access_links.withdraw_made_by(session, user.id)
        _note(session, by, AuditAction.DEACTIVATE_ACCOUNT, user, sessions=ended, withdrawn=withdrawn)


def activate(sessions: Sessions, by: By, account_id: int) -> None:
    """Let a deactivated account be used again, with its password and role of then.

    Raises NotAllowed and NotFound. Nothing happens to one that is active.
    """
    with sessions.begin() as session:
        authority.claim(session, by)
        user = authority.account(session, account_id)
        if user.deactivated_at is None:
            return
        queries.set_active(session, user.id, active=True)
        _note(session, by, AuditAction.ACTIVATE_ACCOUNT, user, role=user.role)


def end_sessions(sessions: Sessions, by: By, account_id: int) -> int:
    """Sign an account out everywhere; how many sessions it had. No browser counts as known to it any more.

    Raises NotAllowed and NotFound.
    """
    with sessions.begin() as session:
        authority.claim(session, by)
        user = authority.account(session, account_id)
        ended = sessions_of_users.end_all(session, user.id)
        known_browsers.forget(session, user.id)
        _note(session, by, AuditAction.END_SESSIONS, user, sessions=ended)
    return ended


def _require_another(session: Session, user: User) -> None:
    """Raises NotAllowed if the account is the last with which somebody could administer."""
    if user.deactivated_at is None and not queries.has_other_administrators(session, user.id):
        raise NotAllowed(
            "This is the last administrator's account. Make somebody else an administrator first."
        )


def _note(session: Session, by: By, action: AuditAction, user: User, **detail: Any) -> None:
    authority.note(session, by, action, account=user.id, email=user.email, **detail)
    logger.info("account_changed", change=action, account_id=user.id)
