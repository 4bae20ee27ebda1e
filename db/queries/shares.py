"""With whom uploads are shared."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import Share, User


def among(session: Session, user_id: int, job_ids: Collection[int]) -> set[int]:
    """Those of some jobs that are shared with a user."""
    if not job_ids:
        return set()
    query = select(Share.job_id).where(Share.user_id == user_id, Share.job_id.in_(job_ids))
    return set(session.scalars(query))


def counts(session: Session, job_ids: Collection[int]) -> dict[int, int]:
    """With how many users each of some jobs is shared; those that are shared with nobody are not there."""
    query = select(Share.job_id, func.count()).where(Share.job_id.in_(job_ids)).group_by(Share.job_id)
    return dict(iter(session.execute(query)))


def users_of(session: Session, job_id: int) -> Sequence[User]:
    """The users with whom a job is shared, in the order of their addresses."""
    query = select(User).join(Share, Share.user_id == User.id).where(Share.job_id == job_id)
    return session.scalars(query.order_by(User.email)).all()


def add(session: Session, job_id: int, user_id: int, *, shared_by: int) -> bool:
    """Share a job with a user. False: it was shared with them already."""
    values = {"job_id": job_id, "user_id": user_id, "shared_by": shared_by}
    added = insert(Share).values(**values).on_conflict_do_nothing().returning(Share.job_id)
    return session.scalar(added) is not None


def remove(session: Session, job_id: int, user_id: int) -> bool:
    """Take a share back. False: there was none."""
    removed = delete(Share).where(Share.job_id == job_id, Share.user_id == user_id).returning(Share.job_id)
    return session.scalar(removed) is not None
