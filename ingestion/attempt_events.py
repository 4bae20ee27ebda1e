"""What is told of attempts at jobs: a line in the log, and what is counted of it."""

from collections.abc import Mapping
from typing import Any

from db.models import Job
from ingestion.failures import Kind, kind_of
from ingestion.rules.lifecycle import PROCESS, Step
from ingestion.telemetry import metrics
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

_WITHOUT_TRACEBACK = frozenset({Kind.DATABASE, Kind.FILE_STORE, Kind.QUEUE})
"""What failed is known, and not ours."""


def taken(job: Job, step: Step) -> None:
    """A worker begins with a job."""
    logger.info("job_taken", worker_id=job.worker_id)
    if step is PROCESS and job.enqueued_at and job.taken_at:
        metrics.JOB_WAIT_SECONDS.observe(max((job.taken_at - job.enqueued_at).total_seconds(), 0.0))


def finished(outcome: Mapping[str, Any], seconds: float) -> None:
    """A step is done; `outcome` is what it changed in the job's row."""
    numbers = {"rows": outcome.get("total_rows"), "issues": outcome.get("conflict_count")}
    known = {name: number for name, number in numbers.items() if number is not None}
    logger.info("job_finished", status=str(outcome["status"]), seconds=round(seconds, 3), **known)
    if "total_rows" in outcome:  # the step that reads the file
        metrics.taken_in(outcome["total_rows"], seconds)


def handed_back(error: BaseException) -> None:
    """An attempt was interrupted, and another worker goes on."""
    logger.info("job_handed_back", error=type(error).__name__)
    metrics.HANDED_BACK.add()


def unreadable() -> None:
    """The file cannot be read. Why is for its owner: it may quote the file."""
    logger.warning("job_failed", kind=Kind.UNREADABLE_FILE)
    metrics.FAILURES.add(of=Kind.UNREADABLE_FILE)


def retries_later(error: Exception, reason: str, pause: float) -> None:
    """An attempt failed, and there is another one after `pause` seconds."""
    kind = kind_of(error)
    logger.warning(
        "job_retries_later",
        kind=kind,
        reason=reason,
        seconds=round(pause, 1),
        exc_info=None if kind in _WITHOUT_TRACEBACK else error,
    )
    metrics.FAILURES.add(of=kind)
    metrics.RETRIES.add()


def given_up(kind: Kind, reason: str, error: BaseException | None = None) -> None:
    """The last attempt failed, or workers died in all of them."""
    logger.error("job_given_up", kind=kind, reason=reason, exc_info=error)
    metrics.FAILURES.add(of=kind)
    metrics.GIVEN_UP.add()
