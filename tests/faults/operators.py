"""People at the dashboard, each at one upload, who try again when something does not answer."""

import threading
import time
import traceback

from ingestion import deletion, uploads, viewing
from ingestion.errors import NotFound
from ingestion.rules.lifecycle import JobStatus
from ingestion.viewing import Upload
from tests.faults.files import MAX_BYTES, Planned
from tests.faults.outcomes import Desk, Outcome
from tests.faults.reviewing import Reviewer
from tests.faults.trying import OutOfTimeError, Patience, is_outage

_MOST_RETRIES = 10
_GRACE_SECONDS = 3.0
"""So long somebody waits whether an upload that seemed to fail comes after all."""


class Operator(threading.Thread):
    """Carries one planned upload to its end. Given another run's outcome, decides as was decided there."""

    def __init__(self, desk: Desk, planned: Planned, *, begun: float, like: Outcome | None = None) -> None:
        super().__init__(name=f"operator-{planned.number}", daemon=True)
        self.outcome = Outcome(planned)
        self._desk = desk
        self._planned = planned
        self._begun = begun
        self._like = like
        self._patience = Patience(desk.deadline)

    def run(self) -> None:
        """Wait for the moment, send the file, see it through."""
        outcome = self.outcome
        try:
            if self._like is None:
                time.sleep(max(0.0, self._begun + self._planned.at - time.monotonic()))
            self._see_through()
        except OutOfTimeError:
            outcome.complain("was not settled in time")
        except NotFound:
            if not outcome.is_deleted:
                outcome.complain(f"is gone:\n{traceback.format_exc()}")
        except Exception:  # noqa: BLE001  whatever it is, the run says so
            outcome.complain(f"met what no operator should:\n{traceback.format_exc()}")
        outcome.races = self._patience.races
        if self._patience.doubled:
            outcome.complain("had a step done by two operators, each told that it was theirs")

    def _see_through(self) -> None:
        began = time.monotonic()
        outcome, desk = self.outcome, self._desk
        outcome.job_id = job_id = self._submit()
        if self._planned.is_deleted:
            time.sleep(self._planned.deleted_after)
            outcome.is_deleted = True
            self._patience.answer_of(lambda: deletion.request(desk.sessions, desk.user_id, job_id))
            return
        upload = self._settled()
        outcome.seconds = time.monotonic() - began
        if upload.status is JobStatus.NEEDS_REVIEW:
            reviewer = Reviewer(desk, outcome, self._patience, self._settled, self._like)
            upload = reviewer.carry_out(self._planned.script)
        outcome.status, outcome.error_message = upload.status, upload.error_message or ""

    def _submit(self) -> int:
        desk = self._desk
        while True:
            try:
                return uploads.submit(
                    desk.sessions,
                    desk.bucket,
                    desk.enqueue_process,
                    user_id=desk.user_id,
                    filename=self._planned.name,
                    content=self._planned.content,
                    max_bytes=MAX_BYTES,
                    options=self._planned.options,
                )
            except Exception as error:
                if not is_outage(error):
                    raise
                if (arrived := self._arrived_after_all()) is not None:
                    return arrived
            self._patience.pause()

    def _arrived_after_all(self) -> int | None:
        """The upload that an attempt left although it failed, as the dashboard tells it by its content."""
        desk, content = self._desk, uploads.sha256_of(self._planned.content)
        until = time.monotonic() + _GRACE_SECONDS
        while True:
            found = self._patience.answer_of(
                lambda: uploads.earlier_with_content(desk.sessions, desk.user_id, content)
            )
            if found is None or found.id in self.outcome.interrupted:
                return None
            if found.status is not JobStatus.UPLOADING:
                return found.id
            if time.monotonic() > until:
                self.outcome.interrupted.add(found.id)
                return None
            self._patience.pause()

    def _settled(self) -> Upload:
        """The upload once nothing more happens by itself. What fails and is not to fail is tried again."""
        desk, job_id = self._desk, self.outcome.job_id
        assert job_id is not None
        while True:
            upload = self._patience.answer_of(lambda: viewing.get(desk.sessions, desk.user_id, job_id))
            if upload.status is JobStatus.FAILED and not self._planned.is_bad:
                self.outcome.failures.append(upload.error_message or "")
                if len(self.outcome.failures) > _MOST_RETRIES:
                    return upload
                self._patience.do(
                    lambda: uploads.retry(desk.sessions, desk.enqueue_process, desk.user_id, job_id)
                )
            elif not upload.in_flight:
                return upload
            self._patience.pause()
