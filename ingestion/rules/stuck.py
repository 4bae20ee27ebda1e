"""Which jobs take longer than expected."""

from dataclasses import dataclass
from enum import StrEnum

from ingestion.rules.lifecycle import JobStatus

_BEFORE_IT_IS_NOTICED = 60.0
"""Jobs without a message are looked for every now and then: not at once when they are due."""
_WITHOUT_WORKER = 30.0
_UPLOAD_SILENT = 3600.0
_MOST_OF_THE_LIMIT = 0.5


class Stuck(StrEnum):
    """Why a job needs somebody to look."""

    NOT_BEGUN = "not_begun"
    """No worker took it up in the time in which it would have been sent again."""
    NO_WORKER = "no_worker"
    """It was begun, and nobody works on it."""
    SLOW = "slow"
    """It is worked on, and half of the time that it may take is over."""
    UPLOAD_SILENT = "upload_silent"
    """The browser stopped sending its file."""


@dataclass(frozen=True)
class Limits:
    """What the installation expects, in seconds."""

    requeue_after: float
    time_limit: float


@dataclass(frozen=True)
class Ages:
    """How long a job that is in flight has been as it is, in seconds."""

    waiting: float
    """Since it was due for a worker; negative while it waits for its next attempt."""
    worked: float | None
    """Since a worker took it; None: none did."""
    silent: float
    """Since its last sign of life."""


def why_stuck(
    status: JobStatus, ages: Ages, limits: Limits, *, is_worked_on: bool, awaits_person: bool = False
) -> Stuck | None:
    """Why a job is stuck; None where it is not. A file that waits for a person's answer is not."""
    match status:
        case JobStatus.UPLOADING:
            is_silent = ages.silent > _UPLOAD_SILENT and not awaits_person
            return Stuck.UPLOAD_SILENT if is_silent else None
        case JobStatus.PENDING:
            return _waiting(ages, limits)
        case JobStatus.PROCESSING | JobStatus.FINALIZING:
            if is_worked_on:
                return _working(ages, limits)
            if ages.worked is None:
                return _waiting(ages, limits)
            return Stuck.NO_WORKER if min(ages.worked, ages.silent) > _WITHOUT_WORKER else None
        case _:
            return None


def _waiting(ages: Ages, limits: Limits) -> Stuck | None:
    return Stuck.NOT_BEGUN if ages.waiting > limits.requeue_after + _BEFORE_IT_IS_NOTICED else None


def _working(ages: Ages, limits: Limits) -> Stuck | None:
    return Stuck.SLOW if (ages.worked or 0) > limits.time_limit * _MOST_OF_THE_LIMIT else None
