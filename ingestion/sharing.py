"""Sharing an upload with others, by the e-mail addresses of their accounts.

An address is typed, and never chosen from a list: who has an account here is for administrators to know.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Job, User
from db.queries import audit, shares
from ingestion import accounts, attempts
from ingestion.access import permitted
from ingestion.attempts import Attempt
from ingestion.audit import AuditAction
from ingestion.errors import IngestionError, InvalidDecision, SignInPaused
from ingestion.rules import emails
from ingestion.rules.permissions import Permission, Role
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)


class _NobodyHasIt(InvalidDecision):
    """No active account has the address."""


@dataclass(frozen=True)
class Guest:
    """Somebody with whom an upload is shared."""

    id: int
    """Of their account."""
    name: str
    email: str
    role: Role
    is_active: bool
    """Whether the account is in use; the share of one that is deactivated comes back with it."""


def listed(sessions: Sessions, user_id: int, job_id: int) -> list[Guest]:
    """With whom an upload is shared, for those who may share it. Raises NotFound, NotAllowed."""
    with sessions() as session:
        permitted(session, user_id, job_id, Permission.SHARE)
        return [_guest(user) for user in shares.users_of(session, job_id)]


def share(sessions: Sessions, user_id: int, job_id: int, email: str) -> Guest:
    """Let somebody see an upload and work on it, as far as their role goes. To do so again changes nothing.

    Raises NotFound, NotAllowed; InvalidDecision where nobody active has the address, or the owner has, and
    for a while where the user tried many addresses that nobody has.
    """
    with sessions() as session:
        permitted(session, user_id, job_id, Permission.SHARE)
    attempt = _begin(sessions, user_id)
    try:
        shared_with = _share(sessions, user_id, job_id, email)
    except _NobodyHasIt:
        attempts.fail(sessions, attempt)
        raise
    except IngestionError:
        attempts.give_back(sessions, attempt)
        raise
    attempts.give_back(sessions, attempt)
    return shared_with


def _begin(sessions: Sessions, user_id: int) -> Attempt:
    try:
        return attempts.begin_sharing(sessions, user_id)
    except SignInPaused as pause:
        raise InvalidDecision(str(pause)) from pause


def _share(sessions: Sessions, user_id: int, job_id: int, email: str) -> Guest:
    with sessions.begin() as session:
        job = permitted(session, user_id, job_id, Permission.SHARE)
        guest = _whom(session, job, email)
        is_new = shares.add(session, job_id, guest.id, shared_by=user_id)
        if is_new:
            _write_down(session, AuditAction.SHARE_UPLOAD, user_id, job, guest)
        shared_with = _guest(guest)
    if is_new:
        logger.info("upload_shared", job_id=job_id, user_id=user_id, account=shared_with.id)
    return shared_with


def unshare(sessions: Sessions, user_id: int, job_id: int, guest_id: int) -> None:
    """Take a share back, at once; without one nothing happens. Raises NotFound, NotAllowed."""
    with sessions.begin() as session:
        job = permitted(session, user_id, job_id, Permission.SHARE)
        is_gone = shares.remove(session, job_id, guest_id)
        if is_gone:
            _write_down(session, AuditAction.UNSHARE_UPLOAD, user_id, job, session.get_one(User, guest_id))
    if is_gone:
        logger.info("upload_unshared", job_id=job_id, user_id=user_id, account=guest_id)


def _whom(session: Session, job: Job, email: str) -> User:
    address = emails.normalize(email)
    if address is None:
        raise InvalidDecision("Enter a complete e-mail address, such as ana@example.com.")
    user = accounts.who_may_sign_in(session, address)
    # The same words for no account and a deactivated one: which of the two is not for everybody to know.
    if user is None:
        raise _NobodyHasIt(
            "No active account has this e-mail address. Check its spelling, or ask an administrator to "
            "invite whoever has it."
        )
    if user.id == job.user_id:
        raise InvalidDecision("Whoever uploaded the file has this address: the upload is theirs already.")
    return user


def _guest(user: User) -> Guest:
    name = f"{user.first_name} {user.last_name}".strip()
    return Guest(user.id, name, user.email, Role(user.role), is_active=user.deactivated_at is None)


def _write_down(session: Session, action: AuditAction, user_id: int, job: Job, guest: User) -> None:
    detail = {"account": guest.id, "email": guest.email, "file": job.original_filename}
    audit.add(session, action, user_id=user_id, job_id=job.id, detail=detail)
