"""From rows and decisions to final contacts."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Finalization, Job
from db.queries import contacts, finalizations, issues, jobs, outcomes, resolutions
from ingestion.access import permitted
from ingestion.errors import Conflict
from ingestion.export import contacts_layout, write_header
from ingestion.rules.cells import BLANKS, ODD, PLAIN
from ingestion.rules.lifecycle import FINALIZE, JobStatus
from ingestion.rules.permissions import Permission
from ingestion.telemetry import traces
from ingestion.telemetry.logs import get_logger
from ingestion.telemetry.stages import stage
from ingestion.uploads import begin_finalizing, hand_over
from ingestion.working import NO_HURRY, Attempts, attempt

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

logger = get_logger(__name__)

Enqueue = Callable[[int], None]
"""Sends a job's id to the workers. Raises QueueUnavailable."""


_CLEANING = contacts.Cleaning(ODD, PLAIN, BLANKS)


@dataclass(frozen=True)
class Balance:
    """What becomes, or became, of an upload's rows. The rows are the sum of the rest."""

    total_rows: int
    contacts: int
    left_out: int
    """Rows that somebody left out."""
    duplicates: int
    """Rows that lost to another of their group, or went into a merged record."""
    collapsed: int
    """Rows that repeat a contact: the same e-mail, name and company."""
    waiting: int = 0
    """Rows that nobody can tell yet: without a usable e-mail, or of a duplicate group that is open."""


@dataclass(frozen=True)
class Progress:
    """How far making the contacts is: one transaction, of which nothing is seen before its end."""

    is_begun: bool
    """Whether a worker has it."""
    seconds: float
    """Since the workers were asked."""


def preview(sessions: Sessions, user_id: int, job_id: int) -> Balance:
    """What finalizing would give now. Raises NotFound."""
    with sessions() as session:
        permitted(session, user_id, job_id, Permission.VIEW)
        return Balance(*outcomes.count(session, job_id))


def result(sessions: Sessions, user_id: int, job_id: int) -> Balance | None:
    """What the newest finalization gave; None before the first. Raises NotFound."""
    with sessions() as session:
        permitted(session, user_id, job_id, Permission.VIEW)
        newest = finalizations.newest(session, job_id)
    return None if newest is None else _balance(newest)


def balance_of(session: Session, job: Job) -> Balance:
    """What became of a completed job's rows, or what would become of another's now."""
    newest = finalizations.newest(session, job.id) if job.status == JobStatus.COMPLETED else None
    return Balance(*outcomes.count(session, job.id)) if newest is None else _balance(newest)


def request(sessions: Sessions, enqueue: Enqueue, user_id: int, job_id: int) -> None:
    """Have a reviewed job finalized by a worker. Raises NotFound, NotAllowed, Conflict."""
    with sessions.begin() as session:
        job = permitted(session, user_id, job_id, Permission.FINALIZE, lock=True)
        if job.status == JobStatus.FINALIZING:
            return
        if job.status != JobStatus.NEEDS_REVIEW:
            raise Conflict("This upload is not waiting to be finalized. Look again where it stands.")
        if job.conflict_count:
            verb = "issue is" if job.conflict_count == 1 else "issues are"
            raise Conflict(f"{job.conflict_count} {verb} still open. Settle them first.")
        begin_finalizing(job)
    logger.info("finalization_asked_for", job_id=job_id, user_id=user_id)
    hand_over(sessions, job_id, lambda: enqueue(job_id))


def progress(sessions: Sessions, user_id: int, job_id: int) -> Progress:
    """How far a FINALIZING job is. Raises NotFound."""
    with sessions() as session:
        permitted(session, user_id, job_id, Permission.VIEW)
        return Progress(jobs.is_worked_on(session, job_id), jobs.seconds_waited(session, job_id))


@traces.span("finalization")
def finalize(sessions: Sessions, job_id: int, *, attempts: Attempts = NO_HURRY) -> None:
    """Make the contacts of a FINALIZING job and complete it, in one transaction. Any other job is left alone.

    May be called any number of times, by several workers at once. A job that cannot be finalized goes back to
    review, with the reason. Raises RetryLater and GivenUp, as `working.attempt` does.
    """
    attempt(sessions, job_id, FINALIZE, attempts, _finalize)


def _finalize(session: Session, job: Job) -> dict[str, Any]:
    if issues.is_any_open(session, job.id):
        raise RuntimeError(f"job {job.id} has open issues that its counter does not know of")
    digest = Digest()
    with stage("finalize"):
        made = make_contacts(session, job, digest)
    counts = contacts.count_made(session, job.id, made)
    finalizations.add(
        session,
        job_id=job.id,
        last_resolution_id=resolutions.last_resolution_id(session, job.id),
        total_rows=counts.total,
        contact_count=counts.contacts,
        skipped_count=counts.skipped,
        duplicate_count=counts.duplicates,
        collapsed_count=counts.collapsed,
        export_sha256=digest.hexdigest(),
    )
    logger.info(
        "contacts_made",
        contacts=counts.contacts,
        left_out=counts.skipped,
        duplicates=counts.duplicates,
        collapsed=counts.collapsed,
    )
    return {"status": JobStatus.COMPLETED, "completed_at": func.clock_timestamp()}


def make_contacts(session: Session, job: Job, sink: "SupportsWrite[bytes]") -> int:
    """Make a job's contacts anew and write their export; returns how many."""
    write_header(job, sink)
    return contacts.replace(session, job.id, contacts_layout(job), _CLEANING, sink)


class Digest:
    """A file that keeps only the SHA-256 of what is written to it."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Take some bytes in."""
        self._hash.update(data)
        return len(data)

    def hexdigest(self) -> str:
        """The hash of all so far."""
        return self._hash.hexdigest()


def _balance(made: Finalization) -> Balance:
    return Balance(
        made.total_rows,
        made.contact_count,
        made.skipped_count,
        made.duplicate_count,
        made.collapsed_count,
    )
