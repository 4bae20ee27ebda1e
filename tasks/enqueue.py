"""Sending jobs to the workers."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from dramatiq.errors import DramatiqError

from ingestion.errors import QueueUnavailable
from ingestion.telemetry import context
from tasks.actors import finalize_job, process_job
from tasks.sending import UNAVAILABLE


def enqueue_process(job_id: int, file_key: str) -> None:
    """Have an uploaded file processed. Raises QueueUnavailable."""
    try:
        process_job.send_with_options(kwargs={"job_id": job_id, "file_key": file_key}, **_asked_by())
    except (BotoCoreError, ClientError, DramatiqError) as error:
        raise QueueUnavailable(UNAVAILABLE) from error


def enqueue_finalize(job_id: int) -> None:
    """Have a reviewed job finalized. Raises QueueUnavailable."""
    try:
        finalize_job.send_with_options(kwargs={"job_id": job_id}, **_asked_by())
    except (BotoCoreError, ClientError, DramatiqError) as error:
        raise QueueUnavailable(UNAVAILABLE) from error


def _asked_by() -> dict[str, Any]:
    """The request that has something done goes with the message, and so into the worker's log."""
    request_id = context.request_id()
    return {"request_id": request_id} if request_id else {}
