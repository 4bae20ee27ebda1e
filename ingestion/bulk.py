"""One answer to many issues: shown before it is given, streamed when it is, undone as one."""

from dataclasses import asdict
from uuid import uuid4

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.queries import jobs, resolutions, settling
from ingestion.access import permitted_to_decide
from ingestion.bulk_plan import Example, Outcome, Plan, Request
from ingestion.errors import Conflict, InvalidDecision
from ingestion.rules.bulk import BulkAnswer
from ingestion.rules.lifecycle import JobStatus
from ingestion.telemetry import traces
from ingestion.telemetry.logs import get_logger

__all__ = ["Example", "Outcome", "Request", "carry_out", "preview"]

logger = get_logger(__name__)

_MANY = 1_000
"""So many decisions change what the planner has to know of the tables."""
_NOTHING = {BulkAnswer.FILL_REPEATS: "No repeat has a value that its contact has not."}


def preview(sessions: Sessions, user_id: int, job_id: int, request: Request) -> Outcome:
    """What the answer would do now; nothing is stored.

    Raises NotFound, NotAllowed, Conflict, InvalidDecision.
    """
    with sessions() as session:
        plan = Plan(session, permitted_to_decide(session, user_id, job_id), user_id, request)
        for _ in plan.answers():
            pass
    return plan.outcome


@traces.span("bulk.carry_out")
def carry_out(
    sessions: Sessions,
    user_id: int,
    job_id: int,
    request: Request,
    *,
    expected: int | None = None,
) -> Outcome:
    """Give the answer, in one transaction.

    A completed upload goes back to review. Raises what `preview` raises, and Conflict when not as many issues
    as `expected` would be decided.
    """
    with sessions.begin() as session:
        job = permitted_to_decide(session, user_id, job_id, lock=True)
        batch_id = uuid4()
        plan = Plan(session, job, user_id, request, batch_id)
        first = _make_all(session, plan)
        done = plan.outcome.decided.total()
        if expected is not None and done != expected:
            raise Conflict(
                f"The upload changed: this would decide {done:,} now, not {expected:,}. Look at it again."
            )
        if first is None:
            raise InvalidDecision(_NOTHING.get(request.answer, "There is no open issue that this answers."))
        decided = {str(kind): count for kind, count in plan.outcome.decided.items()}
        resolutions.add_bulk(session, job_id, batch_id, first, asdict(request), decided)
        jobs.change(session, job_id, status=JobStatus.NEEDS_REVIEW, error_message=None)
    logger.info(
        "bulk_decision_made", job_id=job_id, user_id=user_id, answer=str(request.answer), decided=decided
    )
    return plan.outcome


def _make_all(session: Session, plan: Plan) -> int | None:
    """Make the decisions; the first entry in the log, if there is one."""
    first = None
    for answers in plan.answers():
        made = plan.decisions.make(answers)
        if first is None and len(made) >= _MANY:
            settling.analyze_values(session)  # which those that follow read
        first = first or made[0]
    if plan.outcome.decided.total() >= _MANY:
        settling.analyze(session)
    return first
