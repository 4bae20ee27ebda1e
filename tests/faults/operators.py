"""People at the dashboard, each at one upload, who try again when something does not answer."""

import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import psycopg2
from sqlalchemy import exc

from db.engine import Sessions
from ingestion import bulk, finalization, history, review, undoing, uploads
from ingestion.bulk import Request
from ingestion.deciding import Seen
from ingestion.errors import Conflict, InvalidDecision, NotFound, QueueUnavailable, StorageUnavailable
from ingestion.rules.lifecycle import JobStatus
from ingestion.storage import Bucket
from ingestion.uploads import Upload
from tests.faults import deletion
from tests.faults.deciding import SETTLING_ALL, SETTLING_OTHERWISE, SKIP, Answer, Subject, answer_to
from tests.faults.files import MAX_BYTES, Planned

_OUTAGES = (
    exc.OperationalError,
    exc.InterfaceError,
    exc.TimeoutError,
    psycopg2.OperationalError,
    psycopg2.InterfaceError,
    StorageUnavailable,
    QueueUnavailable,
)
_PAUSE = 0.3
_MOST_RETRIES = 10
_GRACE_SECONDS = 3.0
"""So long somebody waits whether an upload that seemed to fail comes after all."""

Result = TypeVar("Result")


def is_outage(error: BaseException) -> bool:
    """Whether a use-case raises this when a service does not answer."""
    return isinstance(error, _OUTAGES) or (
        isinstance(error, exc.DBAPIError) and bool(error.connection_invalidated)
    )


class OutOfTimeError(Exception):
    """The trial's deadline has passed."""


@dataclass(frozen=True)
class Desk:
    """What an operator works with."""

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
    is_deleted: bool = False


class Operator(threading.Thread):
    """Carries one planned upload to its end. Given another run's outcome, decides as was decided there."""

    def __init__(self, desk: Desk, planned: Planned, *, begun: float, like: Outcome | None = None) -> None:
        super().__init__(name=f"operator-{planned.number}", daemon=True)
        self.outcome = Outcome(planned)
        self._desk = desk
        self._planned = planned
        self._begun = begun
        self._like = like
        self._is_contested = planned.script.is_contested and like is None

    def run(self) -> None:
        """Wait for the moment, send the file, see it through."""
        try:
            if self._like is None:
                time.sleep(max(0.0, self._begun + self._planned.at - time.monotonic()))
            self._see_through()
        except OutOfTimeError:
            self._complain("was not settled in time")
        except NotFound:
            if not self.outcome.is_deleted:
                self._complain(f"is gone:\n{traceback.format_exc()}")
        except Exception:  # noqa: BLE001  whatever it is, the run says so
            self._complain(f"met what no operator should:\n{traceback.format_exc()}")

    def _see_through(self) -> None:
        began = time.monotonic()
        self.outcome.job_id = self._submit()
        if self._planned.is_deleted and deletion.is_possible():
            time.sleep(self._planned.deleted_after)
            self.outcome.is_deleted = True
            self._until_it_answers(
                lambda: deletion.request(self._desk.sessions, self._desk.user_id, self._job)
            )
            return
        upload = self._settled()
        self.outcome.seconds = time.monotonic() - began
        if upload.status is JobStatus.NEEDS_REVIEW:
            upload = self._review(upload)
        self.outcome.status, self.outcome.error_message = upload.status, upload.error_message or ""

    @property
    def _job(self) -> int:
        assert self.outcome.job_id is not None
        return self.outcome.job_id

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
            self._pause()

    def _arrived_after_all(self) -> int | None:
        """The upload that an attempt left although it failed, as the dashboard tells it by its content."""
        content = uploads.sha256_of(self._planned.content)
        until = time.monotonic() + _GRACE_SECONDS
        while True:
            found = self._until_it_answers(
                lambda: uploads.earlier_with_content(self._desk.sessions, self._desk.user_id, content)
            )
            if found is None or found.id in self.outcome.interrupted:
                return None
            if found.status is not JobStatus.UPLOADING:
                return found.id
            if time.monotonic() > until:
                self.outcome.interrupted.add(found.id)
                return None
            self._pause()

    def _settled(self) -> Upload:
        """The upload once nothing more happens by itself. What fails and is not to fail is tried again."""
        while True:
            upload = self._until_it_answers(
                lambda: uploads.get(self._desk.sessions, self._desk.user_id, self._job)
            )
            if upload.status is JobStatus.FAILED and not self._planned.is_bad:
                self.outcome.failures.append(upload.error_message or "")
                if len(self.outcome.failures) > _MOST_RETRIES:
                    return upload
                self._step(
                    lambda: uploads.retry(
                        self._desk.sessions, self._desk.enqueue_process, self._desk.user_id, self._job
                    )
                )
            elif not upload.in_flight:
                return upload
            self._pause()

    def _review(self, upload: Upload) -> Upload:
        script = self._planned.script
        listed = self._until_it_answers(
            lambda: review.listed(
                self._desk.sessions, self._desk.user_id, self._job, limit=script.decisions or 1
            )
        )
        for issue in listed[: script.decisions]:
            self._settle(issue.id)
        if script.undoes and script.decisions:
            self._undo_newest()
        if not script.finishes:
            return self._settled()
        upload = self._finish(SETTLING_ALL)
        if script.reopens:
            self._undo_newest()
            upload = self._finish(SETTLING_OTHERWISE)
        return upload

    def _settle(self, issue_id: int) -> None:
        """Settle one issue, however often it takes; what rules refuse is left open."""
        while True:
            case = self._until_it_answers(
                lambda: review.case(self._desk.sessions, self._desk.user_id, self._job, issue_id)
            )
            subject = str(case.type), case.key
            if not case.is_open:
                return
            seen = Seen(self._desk.user_id, self._job, issue_id, case.version)
            mine = self._like.winners.get(subject) if self._like else None
            answer = mine or answer_to(case)
            give = partial(answer.give, self._desk.sessions, seen)
            other = partial(SKIP.give, self._desk.sessions, seen) if self._is_contested else None
            if not self._step(give, other):
                return
            if other and (settled := self._settlement(issue_id)):
                self.outcome.winners[subject] = SKIP if settled == SKIP.action else answer
                return

    def _settlement(self, issue_id: int) -> str | None:
        case = self._until_it_answers(
            lambda: review.case(self._desk.sessions, self._desk.user_id, self._job, issue_id)
        )
        return case.settled.action if case.settled else None

    def _undo_newest(self) -> None:
        made = self._until_it_answers(
            lambda: history.listed(self._desk.sessions, self._desk.user_id, self._job, limit=20)
        )
        newest = next((decided.id for decided in made if decided.can_be_undone), None)
        if newest is not None:
            self._both(lambda: undoing.undo(self._desk.sessions, self._desk.user_id, self._job, newest))

    def _finish(self, requests: tuple[Request, ...]) -> Upload:
        desk = self._desk
        while True:
            for request in requests:
                self._both(partial(bulk.carry_out, desk.sessions, desk.user_id, self._job, request))
            self._both(
                lambda: finalization.request(desk.sessions, desk.enqueue_finalize, desk.user_id, self._job),
                may_both=True,
            )
            upload = self._settled()
            if upload.status is not JobStatus.NEEDS_REVIEW:
                return upload
            self.outcome.failures.append(upload.error_message or "in review again without a word")
            self._pause()

    def _both(self, act: Callable[[], object], *, may_both: bool = False) -> None:
        self._step(act, act if self._is_contested else None, may_both=may_both)

    def _step(
        self, act: Callable[[], object], other: Callable[[], object] | None = None, *, may_both: bool = False
    ) -> bool:
        """Do something until it was done, by whomever, or cannot be; False: rules refuse it.

        With what another does at the same time, exactly one of the two may be done.
        """
        while True:
            outcomes = _at_once(act, other) if other else [_tried(act)]
            self.outcome.races += other is not None
            done = sum(outcome is None for outcome in outcomes)
            if done > 1 and not may_both:
                self._complain("had one step done by two operators, each told that it was theirs")
            if done or any(isinstance(outcome, Conflict) for outcome in outcomes):
                return True
            if all(isinstance(outcome, InvalidDecision) for outcome in outcomes):
                return False
            for outcome in outcomes:
                if outcome and not (is_outage(outcome) or isinstance(outcome, InvalidDecision)):
                    raise outcome
            self._pause()

    def _until_it_answers(self, ask: Callable[[], Result]) -> Result:
        while True:
            try:
                return ask()
            except Exception as error:
                if not is_outage(error):
                    raise
            self._pause()

    def _pause(self) -> None:
        if time.monotonic() > self._desk.deadline:
            raise OutOfTimeError
        time.sleep(_PAUSE)

    def _complain(self, what: str) -> None:
        self.outcome.complaints.append(f"upload {self._planned.number} (job {self.outcome.job_id}) {what}")


def _tried(act: Callable[[], object]) -> Exception | None:
    try:
        act()
    except Exception as error:  # noqa: BLE001  the caller tells them apart
        return error
    return None


def _at_once(act: Callable[[], object], other: Callable[[], object]) -> list[Exception | None]:
    """What came of two things done at the same moment; None: it was done."""
    found: list[Exception | None] = []
    together = threading.Barrier(2)

    def do(one: Callable[[], object]) -> None:
        together.wait()
        found.append(_tried(one))

    threads = [threading.Thread(target=do, args=[one]) for one in (act, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
