"""What to do about a message that failed for good: the job that it was about decides, not the message."""

from dataclasses import dataclass
from enum import StrEnum

from ingestion.rules.lifecycle import JobStatus

_TASKS = frozenset({"process_job", "finalize_job"})


class Answer(StrEnum):
    """What sending a dead letter back comes to."""

    PROCESS = "process"
    """The upload failed: its file is processed anew."""
    FINALIZE = "finalize"
    """Its contacts could not be made: that is tried anew."""
    SEND = "send"
    """It still waits for a worker: it gets another message."""
    DONE = "done"
    """It is past what the message asked for."""
    DELETED = "deleted"
    """There is no such upload any more."""
    WORKED_ON = "worked_on"
    """A worker has it at this moment."""
    ARRIVING = "arriving"
    """Its file is not there yet, or nobody said yet how it is read."""
    UNREAD = "unread"
    """It failed before it was settled how its file is read: its owner has to say that."""
    NO_JOB = "no_job"
    """The message names no upload, or cannot be read."""


ACTS = frozenset({Answer.PROCESS, Answer.FINALIZE, Answer.SEND})
"""After these a worker is asked again."""
SETTLED = ACTS | {Answer.DONE, Answer.DELETED}
"""After these nobody needs the letter any more."""


@dataclass(frozen=True)
class Standing:
    """How the job of a letter stands."""

    status: JobStatus
    is_worked_on: bool = False
    is_deleted: bool = False
    is_read_as_settled: bool = True
    """Whether it is known how its file is read."""
    is_given_up: bool = False
    """Whether it says why its last task failed."""
    has_open_issues: bool = False


def answer_to(actor: str, job: Standing) -> Answer:
    """What sending back a letter for `actor` comes to."""
    if job.is_deleted:
        return Answer.DELETED
    if job.is_worked_on:
        return Answer.WORKED_ON
    match job.status:
        case JobStatus.FAILED:
            return Answer.PROCESS if job.is_read_as_settled else Answer.UNREAD
        case JobStatus.NEEDS_REVIEW:
            was_given_up = actor in _TASKS and job.is_given_up and not job.has_open_issues
            return Answer.FINALIZE if was_given_up else Answer.DONE
        case JobStatus.PENDING | JobStatus.PROCESSING | JobStatus.FINALIZING:
            return Answer.SEND
        case JobStatus.UPLOADING:
            return Answer.ARRIVING
        case JobStatus.COMPLETED:
            return Answer.DONE
