"""Whether somebody may do what they ask for: every use-case asks here first, in its own transaction.

Roles, shares and deactivations count from the next use-case on, not from the next sign-in.
"""

from sqlalchemy.orm import Session

from db.models import Job
from db.queries import accounts, jobs, shares
from ingestion.errors import NotAllowed, NotFound
from ingestion.rules import permissions
from ingestion.rules.permissions import Permission, Relation, Role


def permitted(
    session: Session, user_id: int, job_id: int, permission: Permission, *, lock: bool = False
) -> Job:
    """The job, if the user may do this with it; locked until the transaction ends if asked.

    Raises NotFound where the user may not even see it, for a deleted one and for one that never was: the
    three are not told apart. Raises NotAllowed where they may see it, and this is not for them to do.
    """
    job = jobs.find(session, job_id, lock=lock)
    if job is None or job.deleted_at is not None:
        raise NotFound("There is no such upload, or it belongs to somebody else.")
    require(permission, permissions_on(session, user_id, job))
    return job


def permissions_on(session: Session, user_id: int, job: Job) -> frozenset[Permission]:
    """All that the user may do with the job; nothing once the account is deactivated."""
    role = accounts.role_of(session, user_id)
    return permissions.with_upload(Role(role), relation_to(session, user_id, job)) if role else frozenset()


def relation_to(session: Session, user_id: int, job: Job) -> Relation:
    """How the user stands to the job."""
    if job.user_id == user_id:
        return Relation.OWN
    return Relation.SHARED if shares.is_shared(session, job.id, user_id) else Relation.FOREIGN


def require(permission: Permission, granted: frozenset[Permission]) -> None:
    """Raises NotFound or NotAllowed unless the permission to do something with an upload is granted."""
    if Permission.VIEW not in granted:
        raise NotFound("There is no such upload, or it belongs to somebody else.")
    if permission not in granted:
        raise NotAllowed(
            "Your role does not allow this for this upload. Ask whoever uploaded it, or an administrator."
        )


def require_without_upload(session: Session, user_id: int, permission: Permission) -> None:
    """Raises NotAllowed unless the user may do this, which concerns no single upload."""
    role = accounts.role_of(session, user_id)
    if role is None or permission not in permissions.without_upload(Role(role)):
        raise NotAllowed(_ONLY_FOR[permission])


_ONLY_FOR = {
    Permission.UPLOAD: "Reviewers settle what others share and upload nothing. Ask an administrator for "
    "the role of an operator.",
    Permission.ADMINISTER: "Only administrators may do this.",
}
