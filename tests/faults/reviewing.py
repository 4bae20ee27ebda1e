"""Operators at an upload in review: its script, step by step, each until it is done."""

from collections.abc import Callable
from functools import partial

from ingestion import bulk, cases, finalization, history, review, undoing
from ingestion.bulk import Request
from ingestion.deciding import Seen
from ingestion.rules.lifecycle import JobStatus
from ingestion.viewing import Upload
from tests.faults.deciding import SETTLING_ALL, SETTLING_OTHERWISE, SKIP, answer_to
from tests.faults.files import Script
from tests.faults.outcomes import Desk, Outcome
from tests.faults.trying import Patience

_GLANCED_AT = 20
"""Of the history: the newest decision that stands is among them."""


class Reviewer:
    """Carries out a script, by two people at once where it says so. Given another run's outcome, as there."""

    def __init__(
        self,
        desk: Desk,
        outcome: Outcome,
        patience: Patience,
        settled: Callable[[], Upload],
        like: Outcome | None,
    ) -> None:
        assert outcome.job_id is not None
        self._outcome = outcome
        self._patience = patience
        self._settled = settled
        self._winners = like.winners if like else {}
        self._is_contested = outcome.planned.script.is_contested and like is None
        self._desk = desk
        self._at = desk.sessions, desk.user_id, outcome.job_id

    def carry_out(self, script: Script) -> Upload:
        """Do all that the script says; the upload at its end."""
        if script.decisions:
            listed = self._patience.answer_of(partial(review.listed, *self._at, limit=script.decisions))
            for issue in listed:
                self._settle(issue.id)
            if script.undoes:
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
        sessions, user_id, job_id = self._at
        while (case := self._case(issue_id)).is_open:
            subject = str(case.type), case.key
            seen = Seen(user_id, job_id, issue_id, case.version)
            answer = self._winners.get(subject) or answer_to(case)
            other = partial(SKIP.give, sessions, seen) if self._is_contested else None
            if not self._patience.do(partial(answer.give, sessions, seen), other):
                return
            if other and (settled := self._case(issue_id).settled):
                self._outcome.winners[subject] = SKIP if settled.action is SKIP.action else answer

    def _case(self, issue_id: int) -> cases.Case:
        return self._patience.answer_of(partial(cases.get, *self._at, issue_id))

    def _undo_newest(self) -> None:
        made = self._patience.answer_of(partial(history.listed, *self._at, limit=_GLANCED_AT))
        newest = next((decided.id for decided in made if decided.can_be_undone), None)
        if newest is not None:
            self._do(partial(undoing.undo, *self._at, newest))

    def _finish(self, requests: tuple[Request, ...]) -> Upload:
        """Settle what is open by bulk answers and have the contacts made, until they are."""
        sessions, user_id, job_id = self._at
        while True:
            for request in requests:
                self._do(partial(bulk.carry_out, *self._at, request))
            ask = partial(finalization.request, sessions, self._desk.enqueue_finalize, user_id, job_id)
            self._do(ask, may_both=True)  # to ask again for what is under way is no error
            upload = self._settled()
            if upload.status is not JobStatus.NEEDS_REVIEW:
                return upload
            self._outcome.failures.append(upload.error_message or "in review again without a word")
            self._patience.pause()

    def _do(self, act: Callable[[], object], *, may_both: bool = False) -> None:
        self._patience.do(act, act if self._is_contested else None, may_both=may_both)
