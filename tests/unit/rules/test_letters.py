"""What sending back a dead letter comes to, for every state of its job."""

import pytest

from ingestion.rules.letters import Answer, Standing, answer_to
from ingestion.rules.lifecycle import JobStatus

GIVEN_UP = Standing(JobStatus.NEEDS_REVIEW, is_given_up=True)


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        (Standing(JobStatus.FAILED, is_given_up=True), Answer.PROCESS),
        (Standing(JobStatus.FAILED, is_read_as_settled=False), Answer.UNREAD),
        (GIVEN_UP, Answer.FINALIZE),
        (Standing(JobStatus.NEEDS_REVIEW), Answer.DONE),
        (Standing(JobStatus.NEEDS_REVIEW, is_given_up=True, has_open_issues=True), Answer.DONE),
        (Standing(JobStatus.COMPLETED), Answer.DONE),
        (Standing(JobStatus.PENDING), Answer.SEND),
        (Standing(JobStatus.PROCESSING), Answer.SEND),
        (Standing(JobStatus.FINALIZING), Answer.SEND),
        (Standing(JobStatus.PENDING, is_worked_on=True), Answer.WORKED_ON),
        (Standing(JobStatus.FINALIZING, is_worked_on=True), Answer.WORKED_ON),
        (Standing(JobStatus.UPLOADING), Answer.ARRIVING),
        (Standing(JobStatus.FAILED, is_deleted=True), Answer.DELETED),
        (Standing(JobStatus.PROCESSING, is_deleted=True, is_worked_on=True), Answer.DELETED),
    ],
)
def test_the_job_decides(job: Standing, expected: Answer) -> None:
    assert answer_to("process_job", job) is expected


@pytest.mark.parametrize(
    ("actor", "expected"),
    [("finalize_job", Answer.FINALIZE), ("process_job", Answer.FINALIZE), ("other", Answer.DONE)],
)
def test_only_a_letter_of_these_tasks_finalizes_anew(actor: str, expected: Answer) -> None:
    assert answer_to(actor, GIVEN_UP) is expected
