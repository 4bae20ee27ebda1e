"""What is known of jobs before they are begun: for whoever decides where that is done."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from db.engine import Sessions
from db.models import Job
from db.queries import jobs
from ingestion.rules.lifecycle import STEPS, JobStatus, Step
from ingestion.rules.placing import Load, is_too_large, size_of


@dataclass(frozen=True)
class Due:
    """A job that waits for a worker: its next step and what is known of it."""

    step: Step
    load: Load

    @property
    def size(self) -> int:
        """How much work it is, in bytes of text."""
        return size_of(self.step, self.load)

    def is_larger_than(self, max_bytes: int) -> bool:
        """Whether it should not be begun where files of text up to so many bytes are taken."""
        return is_too_large(self.step, self.load, max_bytes)


def due(sessions: Sessions, job_ids: Collection[int]) -> dict[int, Due]:
    """Those of some jobs that wait for a worker, by id. One that somebody works on is none of them."""
    with sessions() as session:
        found = jobs.some(session, job_ids)
        taken = jobs.worked_on(session, job_ids)
    return {job.id: _due(job) for job in found if job.status in _STEPS and job.id not in taken}


_STEPS = {status: step for step in STEPS for status in (step.waits, step.works)}


def _due(job: Job) -> Due:
    options = job.parse_options
    read_for = dt.timedelta(0)
    if job.started_at is not None and job.heartbeat_at is not None:
        read_for = job.heartbeat_at - job.started_at
    return Due(
        _STEPS[JobStatus(job.status)],
        Load(
            file_bytes=job.file_size,
            is_packed=bool(options.get("is_compressed")) or options.get("sheet") is not None,
            total_rows=job.total_rows,
            has_stopped=job.attempt > 0 and job.error_message is None,
            seconds_read=read_for.total_seconds() if job.status != JobStatus.FINALIZING else 0.0,
        ),
    )
