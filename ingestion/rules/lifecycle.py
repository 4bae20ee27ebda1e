"""The statuses of a job and the ways between them."""

from dataclasses import dataclass
from enum import StrEnum


class JobStatus(StrEnum):
    """Where a job stands."""

    UPLOADING = "UPLOADING"
    """The file is on its way to the store, or waits for its owner to say how to read it."""
    PENDING = "PENDING"
    """The file is in the store and waits for a worker."""
    PROCESSING = "PROCESSING"
    """A worker reads it."""
    NEEDS_REVIEW = "NEEDS_REVIEW"
    """Its rows are checked; people settle issues."""
    FINALIZING = "FINALIZING"
    """Contacts are waited for, or being made."""
    COMPLETED = "COMPLETED"
    """The contacts can be downloaded."""
    FAILED = "FAILED"
    """It could not be read. The job says why and what to do."""


IN_FLIGHT = frozenset({JobStatus.UPLOADING, JobStatus.PENDING, JobStatus.PROCESSING, JobStatus.FINALIZING})
"""Statuses that change by themselves: somebody watches them."""
CHECKED = frozenset({JobStatus.NEEDS_REVIEW, JobStatus.FINALIZING, JobStatus.COMPLETED})
"""Statuses in which the file has been read and its rows are checked."""

_WAYS = {
    JobStatus.UPLOADING: {JobStatus.PENDING, JobStatus.FAILED},
    JobStatus.PENDING: {JobStatus.PROCESSING, JobStatus.FAILED},
    JobStatus.PROCESSING: {
        JobStatus.PENDING,
        JobStatus.PROCESSING,
        JobStatus.NEEDS_REVIEW,
        JobStatus.FINALIZING,
        JobStatus.FAILED,
    },
    JobStatus.NEEDS_REVIEW: {JobStatus.FINALIZING},
    JobStatus.FINALIZING: {JobStatus.COMPLETED, JobStatus.NEEDS_REVIEW},
    JobStatus.COMPLETED: {JobStatus.NEEDS_REVIEW},
    JobStatus.FAILED: {JobStatus.PENDING},
}


def may_move(now: str, to: JobStatus) -> bool:
    """Whether a job may go from one status to another. A worker that takes up a dead one's job stays."""
    return to in _WAYS[JobStatus(now)]


@dataclass(frozen=True)
class Step:
    """A part of a job's way that a worker goes."""

    name: str
    waits: JobStatus
    """For a worker."""
    works: JobStatus
    fails: JobStatus
    """Where the job ends up that cannot go this step, with a reason."""


PROCESS = Step("process", waits=JobStatus.PENDING, works=JobStatus.PROCESSING, fails=JobStatus.FAILED)
FINALIZE = Step(
    "finalize", waits=JobStatus.FINALIZING, works=JobStatus.FINALIZING, fails=JobStatus.NEEDS_REVIEW
)
STEPS = (PROCESS, FINALIZE)
