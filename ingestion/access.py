"""Whether somebody may do what they ask for: every use-case asks here first, in its own transaction.

Roles, shares and deactivations count from the next use-case on, not from the next sign-in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.models import Job
from db.queries import accounts, jobs, shares
from ingestion.errors import NotAllowed, NotFound
from ingestion.rules import permissions
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission, Relation, Role
from ingestion.telemetry import metrics
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)


@dataclass(frozen=True)
class Standing:
    """How somebody stands to an upload, and all that they may do with it."""

    relation: Relation
    permissions: frozenset[Permission]


def permitted(
    session: Session, user_id: int, job_id: int, permission: Permission, *, lock: bool = False
) -> Job:
    """The job, if the user may do this with it; locked until the transaction ends if asked.

    Raises NotFound where the user may not even see it, for a deleted one and for one that never was: the
    three are not told apart. Raises NotAllowed where they may see it, and this is not for them to do.
    """
    job, _ = _found(session, user_id, job_id, permission, lock=lock)
    return job


def permitted_to_decide(session: Session, user_id: int, job_id: int, *, lock: bool = False) -> Job:
    """The job, if the user may decide about it, or take decisions back, as it stands now.

    A completed job loses its contacts by that, which is not for everybody who may decide. Raises what
    `permitted` raises.
    """
    job, granted = _found(session, user_id, job_id, Permission.RESOLVE, lock=lock)
    missing = permissions.to_decide(is_completed=job.status == JobStatus.COMPLETED) - granted
    if missing:
        _record(user_id, min(missing), job_id)
        raise NotAllowed(
            "This upload is completed, and would lose its contacts by this, which your role does not allow. "
            "Ask whoever uploaded it, or an administrator."
        )
    return job


def standings(session: Session, user_id: int, found: Sequence[Job]) -> list[Standing]:
    """How the user stands to each of some jobs."""
    role = accounts.role_of(session, user_id)
    shared = shares.among(session, user_id, [job.id for job in found if job.user_id != user_id])
    relations = [_relation(user_id, job, shared) for job in found]
    return [
        Standing(relation, permissions.with_upload(Role(role), relation) if role else frozenset())
        for relation in relations
    ]


def require_without_upload(session: Session, user_id: int, permission: Permission) -> None:
    """Raises NotAllowed unless the user may do this, which concerns no single upload."""
    role = accounts.role_of(session, user_id)
    if role is None or permission not in permissions.without_upload(Role(role)):
        _record(user_id, permission)
        raise NotAllowed(_ONLY_FOR[permission] if role else _DEACTIVATED)


def active_role(session: Session, user_id: int) -> Role:
    """The user's role as it is now. Raises NotAllowed once the account is deactivated."""
    role = accounts.role_of(session, user_id)
    if role is None:
        raise NotAllowed(_DEACTIVATED)
    return Role(role)


def _found(
    session: Session, user_id: int, job_id: int, permission: Permission, *, lock: bool
) -> tuple[Job, frozenset[Permission]]:
    """The job and all that the user may do with it, this among it. Raises what `permitted` raises."""
    job = jobs.find(session, job_id, lock=lock)
    if job is None or job.deleted_at is not None:  # what is gone is refused to nobody
        raise NotFound(_NO_UPLOAD)
    granted = standings(session, user_id, [job])[0].permissions
    if not {Permission.VIEW, permission} <= granted:
        _record(user_id, permission, job_id)
        if Permission.VIEW not in granted:
            raise NotFound(_NO_UPLOAD)
        raise NotAllowed(
            "Your role does not allow this for this upload. Ask whoever uploaded it, or an administrator."
        )
    return job, granted


def _record(user_id: int, permission: Permission, job_id: int | None = None) -> None:
    """Have it seen that somebody asked for what is not for them: many of these are somebody who tries."""
    of_job = {} if job_id is None else {"job_id": job_id}
    logger.warning("access_refused", user_id=user_id, permission=str(permission), **of_job)
    metrics.ACCESS_REFUSED.add(of=permission)


def _relation(user_id: int, job: Job, shared: set[int]) -> Relation:
    if job.user_id == user_id:
        return Relation.OWN
    return Relation.SHARED if job.id in shared else Relation.FOREIGN


_NO_UPLOAD = "There is no such upload, or it belongs to somebody else."
_DEACTIVATED = "This account is deactivated. Ask an administrator."
_ONLY_FOR = {
    Permission.UPLOAD: "Reviewers settle what others share and upload nothing. Ask an administrator for "
    "the role of an operator.",
    Permission.ADMINISTER: "Only administrators may do this.",
}
