"""Asking the workers."""

from collections.abc import Callable
from dataclasses import dataclass

from db.models import Job
from ingestion.rules.lifecycle import JobStatus


@dataclass(frozen=True)
class Senders:
    """How jobs are sent to the workers: by an id and file key, or an id. Both raise QueueUnavailable."""

    process: Callable[[int, str], None]
    finalize: Callable[[int], None]

    def send(self, job: Job) -> None:
        """Send a job that waits for a worker. Raises QueueUnavailable."""
        if job.status == JobStatus.FINALIZING:
            self.finalize(job.id)
        else:
            self.process(job.id, job.file_key)
