"""What operators work with, and what became of an upload of theirs."""

from collections.abc import Callable
from dataclasses import dataclass, field

from db.engine import Sessions
from ingestion.rules.lifecycle import JobStatus
from ingestion.storage import Bucket
from tests.faults.deciding import Answer, Subject
from tests.faults.files import Planned


@dataclass(frozen=True)
class Desk:
    """What an operator works with, as the dashboard has it."""

    sessions: Sessions
    bucket: Bucket
    enqueue_process: Callable[[int, str], None]
    enqueue_finalize: Callable[[int], None]
    user_id: int
    deadline: float
    """By time.monotonic()."""


@dataclass
class Outcome:
    """What became of one upload."""

    planned: Planned
    job_id: int | None = None
    status: JobStatus | None = None
    error_message: str = ""
    is_deleted: bool = False
    """Whether its operator deleted it."""
    interrupted: set[int] = field(default_factory=set)
    """Jobs of attempts at the upload that failed half-way."""
    failures: list[str] = field(default_factory=list)
    """Why it failed in between; each was tried again."""
    winners: dict[Subject, Answer] = field(default_factory=dict)
    """Whose answer stood, of those that two operators gave at once."""
    races: int = 0
    """Steps that two operators took at once."""
    seconds: float = 0.0
    """From the first attempt to send it until it was settled, or in review, for the first time."""
    complaints: list[str] = field(default_factory=list)
    """What its operators met that nobody may meet."""

    def complain(self, what: str) -> None:
        """Note something that may not be."""
        self.complaints.append(f"upload {self.planned.number} (job {self.job_id}) {what}")
