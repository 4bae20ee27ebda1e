"""The statuses of a job and every way between two of them."""

import itertools

import pytest

from ingestion.rules.lifecycle import IN_FLIGHT, JobStatus, may_move

WAYS = {
    ("UPLOADING", "PENDING"): "the file has arrived",
    ("UPLOADING", "FAILED"): "it never did",
    ("PENDING", "PROCESSING"): "a worker takes it up",
    ("PENDING", "FAILED"): "its file cannot be had",
    ("PROCESSING", "PENDING"): "it was interrupted and waits for its retry",
    ("PROCESSING", "PROCESSING"): "a worker takes up what a dead one left",
    ("PROCESSING", "NEEDS_REVIEW"): "it has issues",
    ("PROCESSING", "FINALIZING"): "it has none",
    ("PROCESSING", "FAILED"): "its file cannot be read",
    ("NEEDS_REVIEW", "FINALIZING"): "everything is settled",
    ("FINALIZING", "COMPLETED"): "its contacts are made",
    ("FINALIZING", "NEEDS_REVIEW"): "finalizing failed",
    ("COMPLETED", "NEEDS_REVIEW"): "it was reopened",
    ("FAILED", "PENDING"): "it is tried again",
}


@pytest.mark.parametrize(("now", "to"), list(itertools.product(JobStatus, repeat=2)))
def test_a_job_moves_along_these_ways_and_no_other(now: JobStatus, to: JobStatus) -> None:
    assert may_move(now, to) == ((now, to) in WAYS)
    assert may_move(str(now), to) == may_move(now, to)


def test_an_unknown_status_is_an_error() -> None:
    with pytest.raises(ValueError, match="DELETED"):
        may_move("DELETED", JobStatus.PENDING)


@pytest.mark.parametrize("status", JobStatus)
def test_what_changes_by_itself_is_in_flight(status: JobStatus) -> None:
    assert (status in IN_FLIGHT) == (status not in {"NEEDS_REVIEW", "COMPLETED", "FAILED"})
