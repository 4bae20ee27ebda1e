"""On whose authority something is done to accounts: an administrator's, or that of the command.

Whoever can run the command has the database's password, so it is asked nothing further.
"""

from enum import Enum
from typing import Any, Final

from sqlalchemy.orm import Session

from db.models import User
from db.queries import accounts, audit
from ingestion import access
from ingestion.audit import AuditAction
from ingestion.errors import NotFound
from ingestion.rules.permissions import Permission


class Command(Enum):
    """Who acts where no account does."""

    COMMAND = "command"


COMMAND: Final = Command.COMMAND
By = int | Command
"""The id of the account that acts, or the command."""


def claim(session: Session, by: By) -> None:
    """Be the only one who changes accounts until the transaction ends. Raises NotAllowed.

    The lock comes first: who waited for it may have been demoted meanwhile.
    """
    accounts.lock_accounts(session)
    check(session, by)


def check(session: Session, by: By) -> None:
    """Raises NotAllowed unless it is an administrator, or the command."""
    if not isinstance(by, Command):
        access.require_without_upload(session, by, Permission.ADMINISTER)


def account(session: Session, account_id: int) -> User:
    """The account that something is done to, deactivated or not. Raises NotFound."""
    user = accounts.user_by_id(session, account_id)
    if user is None:
        raise NotFound("There is no such account.")
    return user


def note(session: Session, by: By, action: AuditAction, /, **detail: Any) -> None:
    """Append an entry to the audit log, within the transaction that does what it tells of."""
    if isinstance(by, Command):
        detail = {"by": "command", **detail}
    audit.add(session, action, user_id=id_of(by), detail=detail)


def id_of(by: By) -> int | None:
    """Of the account that acts; None for the command."""
    return None if isinstance(by, Command) else by
