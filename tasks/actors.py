"""What workers do: ids in, one use-case each. Run with `python -m dramatiq tasks.actors`."""

from typing import Any

import dramatiq

from ingestion import finalization, processing
from tasks.broker import SQS_MAX_DELAY_MS, settings
from tasks.resources import bucket, sessions

QUEUE = settings.sqs_queue_name

_GIVEN_UP = (
    "It failed again and again; most likely a service that it needs did not answer. Try again in a while. "
    "If that does not help, ask whoever runs this installation to look at the worker's log."
)


@dramatiq.actor(
    queue_name=QUEUE, max_backoff=SQS_MAX_DELAY_MS, notify_shutdown=True, on_retry_exhausted="fail_job"
)
def process_job(job_id: int, file_key: str) -> None:  # noqa: ARG001  (for people who read the queue)
    """Parse, check and load one uploaded file."""
    processing.process(
        sessions(),
        bucket(),
        job_id,
        max_attempts=settings.job_max_attempts,
        max_bytes=settings.max_upload_bytes,
    )


@dramatiq.actor(
    queue_name=QUEUE, max_backoff=SQS_MAX_DELAY_MS, notify_shutdown=True, on_retry_exhausted="fail_job"
)
def finalize_job(job_id: int) -> None:
    """Make one reviewed job's final contacts."""
    finalization.finalize(sessions(), job_id)


@dramatiq.actor(queue_name=QUEUE, max_backoff=SQS_MAX_DELAY_MS)
def fail_job(message: dict[str, Any], _retries: dict[str, Any]) -> None:
    """Tell people about a job whose task failed to the last retry; its message is a dead letter by now."""
    job_id = int(message["kwargs"]["job_id"])
    processing.fail(sessions(), job_id, _GIVEN_UP)
    finalization.give_up(sessions(), job_id, _GIVEN_UP)
