"""Links by which people get in: invitations to make an account, and ways to a new password.

The product sends nothing: whoever makes a link is shown it once and passes it on. Its token is stored hashed,
so that whoever reads the table cannot use it. A link is good once, and for a while.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import AccessLink
from db.queries import access_links as queries
from db.queries import accounts
from ingestion import authority, tokens
from ingestion.audit import AuditAction
from ingestion.authority import By
from ingestion.errors import NotAllowed, NotFound, SignInRefused
from ingestion.rules import emails
from ingestion.rules.permissions import Role
from ingestion.settings import Registration
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

INVITATION_LASTS = dt.timedelta(days=7)
RESET_LASTS = dt.timedelta(hours=24)

NOT_GOOD = (
    "This link is not good any more: it was used or withdrawn, it has expired, or a part of it is missing. "
    "Ask whoever sent it for a new one."
)
CLOSED = "Nobody can make an account here at the moment, with an invitation or without. Ask an administrator."


class LinkKind(StrEnum):
    """What a link is for; also the name of the parameter that carries its token in an address."""

    INVITATION = queries.INVITATION
    RESET = queries.RESET


def path_of(kind: LinkKind, token: str) -> str:
    """Where on the server a link leads; it ends in what nobody else may see."""
    return f"/?{kind}={token}"


@dataclass(frozen=True)
class NewLink:
    """A link as it is told once. `token` is what it is worth: it belongs in no log and no table."""

    kind: LinkKind
    email: str
    """Of the account, or of whoever is invited."""
    token: str
    expires_at: dt.datetime

    def at(self, base: str) -> str:
        """Its address in an installation at `base`, such as `https://contacts.example.com`."""
        return base.rstrip("/") + path_of(self.kind, self.token)


@dataclass(frozen=True)
class OpenLink:
    """A link that can still be used, without its token."""

    id: int
    kind: LinkKind
    email: str
    role: Role | None
    """Of an invitation."""
    made_by: str | None
    """A name. None: made by the command."""
    created_at: dt.datetime
    expires_at: dt.datetime


@dataclass(frozen=True)
class Invitation:
    """Who is invited, and as what."""

    email: str
    role: Role


def invite(sessions: Sessions, mode: Registration, by: By, email: str, role: Role) -> NewLink:
    """An invitation for the address, good for 7 days. A former one is withdrawn.

    Raises NotAllowed unless `by` is an administrator or the command, and where nobody could use it;
    SignInRefused if the address is none or has an account.
    """
    address = emails.normalize(email)
    with sessions.begin() as session:
        authority.claim(session, by)
        _require_use(session, mode)
        if address is None:
            raise SignInRefused("Enter a complete e-mail address, such as ana@example.com.")
        if user := accounts.user_by_email(session, address):
            raise SignInRefused(
                "There is already an account with this e-mail address."
                + (" It is deactivated: activate it instead." if user.deactivated_at else "")
            )
        former = queries.withdraw_invitations(session, address)
        token = tokens.new()
        made = AccessLink(kind=LinkKind.INVITATION, email=address, role=role)
        link = _store(session, by, made, token, INVITATION_LASTS)
        authority.note(
            session, by, AuditAction.INVITE, email=address, role=role, link=link.id, withdrawn=former
        )
    logger.info("link_made", kind=LinkKind.INVITATION)
    return NewLink(LinkKind.INVITATION, address, token, link.expires_at)


def offer_reset(sessions: Sessions, by: By, account_id: int) -> NewLink:
    """A way to a new password for the account, good for 24 hours. A former one is withdrawn.

    Raises NotAllowed unless `by` is an administrator or the command, for one's own account, whose password is
    changed by who knows the present one, and for a deactivated account; NotFound.
    """
    with sessions.begin() as session:
        authority.claim(session, by)
        user = authority.account(session, account_id)
        if user.id == by:
            raise NotAllowed("Change your own password on the Account page.")
        if user.deactivated_at is not None:
            raise NotAllowed("This account is deactivated. Activate it first.")
        former = queries.withdraw_resets(session, user.id)
        token = tokens.new()
        link = _store(session, by, AccessLink(kind=LinkKind.RESET, user_id=user.id), token, RESET_LASTS)
        detail = {"account": user.id, "email": user.email, "link": link.id, "withdrawn": former}
        authority.note(session, by, AuditAction.OFFER_RESET, **detail)
    logger.info("link_made", kind=LinkKind.RESET, account_id=account_id)
    return NewLink(LinkKind.RESET, user.email, token, link.expires_at)


def withdraw(sessions: Sessions, by: By, link_id: int) -> None:
    """Have a link be good no more. Raises NotAllowed; NotFound if it cannot be used any more anyway."""
    with sessions.begin() as session:
        authority.claim(session, by)
        link = queries.with_id(session, link_id)
        if link is None:
            raise NotFound("This link is not open any more: it was used or withdrawn, or it has expired.")
        queries.withdraw(session, AccessLink.id == link.id)
        owner = accounts.user_by_id(session, link.user_id) if link.user_id else None
        detail = {"account": owner.id, "email": owner.email} if owner else {"email": link.email}
        authority.note(session, by, AuditAction.WITHDRAW_LINK, kind=link.kind, link=link.id, **detail)
    logger.info("link_withdrawn", kind=link.kind)


def listed(sessions: Sessions, by: By) -> list[OpenLink]:
    """All links that can be used, the newest first. Raises NotAllowed."""
    with sessions() as session:
        authority.check(session, by)
        return [
            OpenLink(
                found.id,
                LinkKind(found.kind),
                found.email,
                Role(found.role) if found.role else None,
                found.made_by,
                found.created_at,
                found.expires_at,
            )
            for found in queries.open_links(session)
        ]


def invitation(sessions: Sessions, mode: Registration, token: str) -> Invitation:
    """What an invitation says. Raises SignInRefused if it is not good, or nobody may make an account."""
    if mode == "closed":
        raise SignInRefused(CLOSED)
    with sessions() as session:
        link = usable(session, LinkKind.INVITATION, token)
        return Invitation(str(link.email), Role(str(link.role)))


def usable(session: Session, kind: LinkKind, token: str) -> AccessLink:
    """The link with this token. Raises SignInRefused, in the same words whatever is wrong with it."""
    link = queries.usable(session, kind, tokens.hashed(token))
    if link is None:
        raise SignInRefused(NOT_GOOD)
    return link


def _require_use(session: Session, mode: Registration) -> None:
    if mode == "closed":
        raise NotAllowed(
            "Nobody could use an invitation: REGISTRATION is closed. Make the account with the command "
            "python -m ingestion.users add."
        )
    if not accounts.has_users(session):
        raise NotAllowed("There is no account yet. Make the first one with python -m ingestion.users add.")


def _store(session: Session, by: By, link: AccessLink, token: str, lasts: dt.timedelta) -> AccessLink:
    link.token_hash = tokens.hashed(token)
    link.made_by = authority.id_of(by)
    return queries.add(session, link, lasts)
