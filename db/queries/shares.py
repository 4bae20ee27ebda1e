"""With whom uploads are shared."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Share


def is_shared(session: Session, job_id: int, user_id: int) -> bool:
    """Whether a job is shared with a user."""
    return session.scalar(select(Share.job_id).filter_by(job_id=job_id, user_id=user_id)) is not None
