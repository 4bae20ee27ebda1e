"""Handing work to the workers."""


def enqueue_process(job_id: int, file_key: str) -> None:
    """Have an uploaded file processed. Raises QueueUnavailable."""
    # Imported when first used: `tasks` connects to the queue that the environment names when it is imported.
    from tasks import enqueue

    enqueue.enqueue_process(job_id, file_key)


def enqueue_finalize(job_id: int) -> None:
    """Have a reviewed upload finalized. Raises QueueUnavailable."""
    from tasks import enqueue

    enqueue.enqueue_finalize(job_id)
