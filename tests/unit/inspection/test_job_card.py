"""An upload at a glance, at every status."""

import datetime as dt
from dataclasses import replace

import pytest

from ingestion.finalization import Balance
from ingestion.inspection import JobCard
from ingestion.rules.issues import IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.viewing import Upload

NOW = dt.datetime(2026, 11, 26, 13, 5, tzinfo=dt.UTC)
UPLOAD = Upload(
    id=7,
    status=JobStatus.NEEDS_REVIEW,
    filename="spring <fair>.csv",
    file_size=1,
    columns=("email",),
    contact_columns=None,
    total_rows=41_000,
    processed_rows=41_000,
    processed_bytes=1,
    progressed_at=None,
    valid_rows=40_000,
    open_issues=1_200,
    error_message=None,
    attempt=1,
    next_attempt_at=None,
    created_at=NOW,
    arrived_at=None,
    can_be_retried=False,
    started_at=None,
    processed_at=None,
    completed_at=None,
)
BALANCE = Balance(
    total_rows=41_000, contacts=39_000, left_out=0, duplicates=800, collapsed=1_000, waiting=200
)
CARD = JobCard(
    UPLOAD, "Dana <b>", {IssueType.MISSING_EMAIL: (1_000, 5), IssueType.MALFORMED_ROW: (200, 0)}, BALANCE
)


def test_a_card_in_a_terminal() -> None:
    assert repr(CARD) == (
        "Upload 7: spring <fair>.csv\n"
        "  Status                         Needs review\n"
        "  Uploaded                       2026-11-26 13:05 UTC by Dana <b>\n"
        "  Rows                           41,000\n"
        "  Issues                         1,200 open, 5 settled\n"
        "    contacts so far              39,000\n"
        "    rows waiting for a decision  200\n"
        "    settled duplicates           800\n"
        "    repeats of a contact         1,000\n"
        "  Next                           Settle 1,200 open issues, then finalize it."
    )


def test_a_card_in_a_notebook_is_text_in_html() -> None:
    html = CARD._repr_html_()
    assert "<strong>Upload 7: spring &lt;fair&gt;.csv</strong>" in html
    assert "by Dana &lt;b&gt;" in html
    assert html.count("<tr>") == 9


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        ({"status": JobStatus.UPLOADING}, "Wait: the file is on its way."),
        ({"status": JobStatus.UPLOADING, "arrived_at": NOW}, "Say in the dashboard how the file is read."),
        ({"status": JobStatus.PENDING}, "Wait: the next worker that is free takes it up."),
        ({"status": JobStatus.PROCESSING}, "Wait: a worker reads it."),
        ({"open_issues": 1}, "Settle 1 open issue, then finalize it."),
        ({"open_issues": 0}, "Finalize it: nothing is open."),
        ({"status": JobStatus.FINALIZING}, "Wait: a worker makes its contacts."),
        ({"status": JobStatus.COMPLETED}, "Use its contacts."),
        ({"status": JobStatus.FAILED}, "Correct the file, and upload it again."),
        ({"status": JobStatus.FAILED, "can_be_retried": True}, "Try again, once the reason is gone."),
    ],
)
def test_a_card_says_what_is_to_be_done(changes: dict[str, object], step: str) -> None:
    card = replace(CARD, upload=replace(UPLOAD, **changes))  # type: ignore[arg-type]
    assert card.next_step == step


def test_a_card_says_why_it_failed_and_has_no_rows_before_they_are_checked() -> None:
    failed = replace(UPLOAD, status=JobStatus.FAILED, error_message="It is a ZIP archive.")
    text = repr(JobCard(failed, "Dana", {}, None))
    assert "Reason    It is a ZIP archive." in text
    assert "Rows" not in text
