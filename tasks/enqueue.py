"""Sending jobs to the workers."""

from botocore.exceptions import BotoCoreError, ClientError
from dramatiq.errors import DramatiqError

from ingestion.errors import QueueUnavailable
from tasks.actors import finalize_job, process_job

_UNAVAILABLE = "The queue does not answer. The job waits and is sent again by itself."


def enqueue_process(job_id: int, file_key: str) -> None:
    """Have an uploaded file processed. Raises QueueUnavailable."""
    try:
        process_job.send(job_id=job_id, file_key=file_key)
    except (BotoCoreError, ClientError, DramatiqError) as error:
        raise QueueUnavailable(_UNAVAILABLE) from error


def enqueue_finalize(job_id: int) -> None:
    """Have a reviewed job finalized. Raises QueueUnavailable."""
    try:
        finalize_job.send(job_id=job_id)
    except (BotoCoreError, ClientError, DramatiqError) as error:
        raise QueueUnavailable(_UNAVAILABLE) from error
