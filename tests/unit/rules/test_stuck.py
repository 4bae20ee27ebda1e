"""Which jobs take longer than expected, for every status."""

import pytest

from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.stuck import Ages, Limits, Stuck, why_stuck

LIMITS = Limits(requeue_after=300, time_limit=3600)

UPLOADING, PENDING, PROCESSING, FINALIZING = (
    JobStatus.UPLOADING,
    JobStatus.PENDING,
    JobStatus.PROCESSING,
    JobStatus.FINALIZING,
)


@pytest.mark.parametrize(
    ("status", "waiting", "worked", "silent", "is_worked_on", "expected"),
    [
        (UPLOADING, 9999, None, 3600, False, None),
        (UPLOADING, 9999, None, 3601, False, Stuck.UPLOAD_SILENT),
        (PENDING, 360, None, 9999, False, None),
        (PENDING, 361, None, 0, False, Stuck.NOT_BEGUN),
        (PENDING, -40, None, 9999, False, None),
        (PROCESSING, 9999, 1800, 0, True, None),
        (PROCESSING, 9999, 1801, 0, True, Stuck.SLOW),
        (PROCESSING, 9999, 1801, 29, False, None),
        (PROCESSING, 9999, 31, 31, False, Stuck.NO_WORKER),
        (PROCESSING, 9999, 29, 500, False, None),
        (FINALIZING, 361, None, 9999, False, Stuck.NOT_BEGUN),
        (FINALIZING, 360, None, 9999, False, None),
        (FINALIZING, 9999, None, 9999, True, None),
        (FINALIZING, 9999, 1801, 9999, True, Stuck.SLOW),
        (FINALIZING, 0, 31, 31, False, Stuck.NO_WORKER),
        (JobStatus.NEEDS_REVIEW, 9999, 9999, 9999, False, None),
        (JobStatus.COMPLETED, 9999, 9999, 9999, False, None),
        (JobStatus.FAILED, 9999, 9999, 9999, False, None),
    ],
)
def test_a_job_is_stuck_when(
    status: JobStatus,
    waiting: float,
    worked: float | None,
    silent: float,
    is_worked_on: bool,
    expected: Stuck | None,
) -> None:
    assert why_stuck(status, Ages(waiting, worked, silent), LIMITS, is_worked_on=is_worked_on) is expected


def test_a_file_that_waits_for_a_persons_answer_is_not_stuck() -> None:
    ages = Ages(0, None, 99_999)
    assert why_stuck(UPLOADING, ages, LIMITS, is_worked_on=False, awaits_person=True) is None
