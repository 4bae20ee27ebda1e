"""How accounts come to be: people make their own where that is open or they are invited; a command makes any.

The first account of all is an administrator's. Where registration is not open, only the command makes it.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import User
from db.queries import access_links as links
from db.queries import accounts as queries
from ingestion import access_links, authority
from ingestion.access_links import CLOSED, LinkKind
from ingestion.accounts import Account, account_from
from ingestion.audit import AuditAction
from ingestion.authority import COMMAND, By
from ingestion.errors import NotAllowed, SignInRefused
from ingestion.rules import emails
from ingestion.rules.permissions import Role
from ingestion.settings import Registration
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

MAX_NAME_CHARACTERS = 100


@dataclass(frozen=True)
class Applicant:
    """Who is to have an account. The password is hashed already (bcrypt)."""

    email: str
    first_name: str
    last_name: str
    password_hash: str


def has_accounts(sessions: Sessions) -> bool:
    """Whether there is any account yet."""
    with sessions() as session:
        return queries.has_users(session)


def is_name(text: str) -> bool:
    """Whether it can be a first or a last name: 1 to 100 characters, whatever the script, all visible."""
    return 1 <= len(text) <= MAX_NAME_CHARACTERS and text.isprintable() and not text.isspace()


def register(
    sessions: Sessions, mode: Registration, applicant: Applicant, invitation: str | None = None
) -> Account:
    """An account that somebody makes for themselves, with the token of an invitation or without.

    An invitation decides the role, and is used up. Without one, the first account is an administrator's and
    others are operators'. Raises SignInRefused if it cannot be made as asked, or not in this mode.
    """
    if mode == "closed":
        raise SignInRefused(CLOSED)
    with sessions.begin() as session:
        queries.lock_accounts(session)
        is_first = not queries.has_users(session)
        if is_first and mode != "open":
            raise SignInRefused("The first account is made with a command: see the sign-in page.")
        if invitation is not None:
            role = _accept(session, invitation, applicant.email)
        elif mode == "invite":
            raise SignInRefused("Accounts are made by invitation here. Ask an administrator for one.")
        else:
            role = Role.ADMINISTRATOR if is_first else Role.OPERATOR
        user = _store(session, applicant, role)
        _note(session, user.id, user, invited=bool(invitation))
    return _made(user)


def add(sessions: Sessions, applicant: Applicant, role: Role | None = None) -> Account:
    """An account that the command makes, whatever the mode of registration. The first is an administrator's.

    Without a role, others are operators'. Raises SignInRefused if it cannot be made as asked, NotAllowed if
    the first is to have another role.
    """
    with sessions.begin() as session:
        queries.lock_accounts(session)
        is_first = not queries.has_users(session)
        if is_first and role not in (None, Role.ADMINISTRATOR):
            raise NotAllowed(
                "The first account is an administrator's: somebody has to look after the others."
            )
        user = _store(session, applicant, role or (Role.ADMINISTRATOR if is_first else Role.OPERATOR))
        _note(session, COMMAND, user)
    return _made(user)


def _accept(session: Session, token: str, email: str) -> Role:
    link = access_links.usable(session, LinkKind.INVITATION, token)
    if emails.normalize(email) != link.email:
        raise SignInRefused("This invitation is for another e-mail address.")
    links.mark_used(session, link)
    return Role(str(link.role))


def _store(session: Session, applicant: Applicant, role: Role) -> User:
    address = emails.normalize(applicant.email)
    if address is None:
        raise SignInRefused("Enter a complete e-mail address, such as ana@example.com.")
    if not (is_name(applicant.first_name) and is_name(applicant.last_name)):
        raise SignInRefused(f"First and last name have 1 to {MAX_NAME_CHARACTERS} characters each.")
    if queries.user_by_email(session, address):
        raise SignInRefused("There is already an account with this e-mail address. Sign in instead.")
    user = User(
        email=address,
        first_name=applicant.first_name,
        last_name=applicant.last_name,
        password_hash=applicant.password_hash,
        role=role,
    )
    session.add(user)
    session.flush()
    links.withdraw_invitations(session, address)  # whoever else holds one can do nothing with it any more
    return user


def _note(session: Session, by: By, user: User, **more: bool) -> None:
    detail = {"account": user.id, "email": user.email, "role": user.role}
    authority.note(session, by, AuditAction.MAKE_ACCOUNT, **detail, **more)


def _made(user: User) -> Account:
    logger.info("account_made", user_id=user.id, role=user.role)
    return account_from(user)
