"""Taking decisions back. Undo is one more entry in the log; everything derived reads as before."""

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Job
from db.queries import images, issues, jobs, resolutions, taking_back
from db.queries.resolutions import ResolutionEntry
from ingestion.access import permitted_to_decide
from ingestion.errors import Conflict, NotFound
from ingestion.rules.issues import Action
from ingestion.rules.lifecycle import JobStatus
from ingestion.telemetry import traces
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

_DECIDED = frozenset({JobStatus.NEEDS_REVIEW, JobStatus.COMPLETED})


class LaterDecision(Conflict):
    """A later decision is about some of the same rows, and has to be undone first."""

    def __init__(self, message: str, resolution_id: int) -> None:
        super().__init__(message)
        self.resolution_id = resolution_id


@traces.span("undoing.undo")
def undo(sessions: Sessions, user_id: int, job_id: int, resolution_id: int) -> None:
    """Take back a decision with all that followed from it; of a bulk decision all of it.

    A completed upload goes back to review. Raises NotFound, NotAllowed; LaterDecision where one stands in the
    way, and Conflict where the upload is not in review or completed, or the decision was taken back before.
    """
    with sessions.begin() as session:
        job = permitted_to_decide(session, user_id, job_id, lock=True)
        entry = resolutions.find(session, job_id, resolution_id)
        if entry is None or entry.resolution.caused_by is not None:
            raise NotFound("There is no such decision on this upload.")
        if job.status not in _DECIDED:
            raise Conflict("Nothing can be undone now. Look again where the upload stands.")
        if entry.resolution.action == Action.UNDO:
            raise Conflict("An undo cannot be undone. Decide anew.")
        first = taking_back.name(session, entry.resolution)
        _check_can_be_undone(session, entry, first)
        resolutions.record_undo(session, entry.resolution, first, user_id)
        take_back(session, job)
        jobs.change(session, job_id, status=JobStatus.NEEDS_REVIEW, error_message=None)
    logger.info("decision_undone", job_id=job_id, user_id=user_id, action=entry.resolution.action)


def take_back(session: Session, job: Job) -> None:
    """Have a job read as before the decisions that were named to `taking_back`, with nothing in their way."""
    valid_rows = job.valid_rows + taking_back.take_back(session, job.id)
    still_open = issues.count(session, job.id, issues.Filter())
    jobs.change(session, job.id, conflict_count=still_open, valid_rows=valid_rows)


def _check_can_be_undone(session: Session, entry: ResolutionEntry, first: int) -> None:
    if undone := resolutions.undo_of(session, first):
        raise Conflict(f"{undone.decided_by} has undone this already.")
    if not images.is_kept(session, entry.resolution.job_id, first):
        raise Conflict("This decision was made before decisions could be undone. Decide anew.")
    later = taking_back.standing_in_the_way(session, entry.resolution.job_id)
    if later is not None:
        other = resolutions.get(session, later)
        raise LaterDecision(
            f"{other.decided_by} decided about the same rows later: {_subject(other)}. Undo that first.",
            later,
        )


def _subject(entry: ResolutionEntry) -> str:
    return entry.resolution.email or f"row {entry.resolution.row_number:,}"
