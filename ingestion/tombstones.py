"""The first step of every deletion: a mark on the job, from which on nobody sees it or acts on it."""

from sqlalchemy import func
from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Job
from db.queries import audit, jobs
from ingestion.audit import AuditAction
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)


def bury(session: Session, job: Job, *, user_id: int | None, reason: str) -> None:
    """Mark a job, whose row the caller has locked, as deleted, and log who did and why; None: the product.

    What the job has is removed by `deletion.purge`, later.
    """
    job.deleted_at = func.now()
    detail = {
        "file": job.original_filename,
        "size": job.file_size,
        "rows": job.total_rows,
        "status": job.status,
        "uploaded_by": job.user_id,
        "uploaded_at": job.created_at.isoformat(),  # the only place that knows it once the job is purged
        "reason": reason,
    }
    audit.add(session, AuditAction.DELETE_UPLOAD, user_id=user_id, job_id=job.id, detail=detail)


def is_buried(sessions: Sessions, job_id: int) -> bool:
    """Whether a job is deleted, or gone."""
    with sessions() as session:
        job = jobs.find(session, job_id)
        return job is None or job.deleted_at is not None


def abandon(sessions: Sessions, job_id: int) -> None:
    """Delete a job because the store did not answer, which may have stored its file all the same."""
    with sessions.begin() as session:
        job = jobs.find(session, job_id, lock=True)
        if job is not None and job.deleted_at is None:
            bury(session, job, user_id=None, reason="its file could not be stored")
    logger.warning("upload_deleted", job_id=job_id, reason="not stored")
