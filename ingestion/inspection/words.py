"""What is to be done about an upload, in words."""

from ingestion.rules.lifecycle import JobStatus
from ingestion.viewing import Upload
from ingestion.words import count


def next_step(upload: Upload) -> str:
    """What is to be done about an upload, in a sentence."""
    if upload.awaits_columns:
        return "Say in the dashboard how the file is read."
    if upload.status is JobStatus.NEEDS_REVIEW:
        return _to_settle(upload.open_issues) if upload.open_issues else "Finalize it: nothing is open."
    if upload.status is JobStatus.FAILED and not upload.can_be_retried:
        return "Correct the file, and upload it again."
    return _NEXT[upload.status]


_NEXT = {
    JobStatus.UPLOADING: "Wait: the file is on its way.",
    JobStatus.PENDING: "Wait: the next worker that is free takes it up.",
    JobStatus.PROCESSING: "Wait: a worker reads it.",
    JobStatus.FINALIZING: "Wait: a worker makes its contacts.",
    JobStatus.COMPLETED: "Use its contacts.",
    JobStatus.FAILED: "Try again, once the reason is gone.",
}


def _to_settle(issues: int) -> str:
    return f"Settle {count(issues, 'open issue')}, then finalize it."
