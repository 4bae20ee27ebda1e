"""Somebody who decides whatever comes to mind, for tests of what holds then."""

import random
from contextlib import suppress

from ingestion import bulk, cases, deciding, history, undoing
from ingestion.bulk import Request
from ingestion.deciding import Seen
from ingestion.errors import InvalidDecision
from ingestion.review import IssueSummary
from ingestion.rules.bulk import BulkAnswer
from ingestion.rules.issues import KINDS, Action, IssueType
from ingestion.undoing import LaterDecision
from tests.integration.desk import Desk


class AtRandom:
    """Somebody who decides without looking."""

    def __init__(self, at: Desk, seed: int) -> None:
        self._at = at
        self._random = random.Random(seed)  # noqa: S311

    def decide(self, times: int) -> None:
        for _ in range(times):
            issue = self._some_open_issue()
            if issue is None:
                return
            case = cases.get(self._at.sessions, self._at.user_id, self._at.job_id, issue.id)
            seen = Seen(self._at.user_id, self._at.job_id, issue.id, case.version)
            with suppress(InvalidDecision):
                self._decide(seen, case, self._random.choice(sorted(KINDS[case.type].actions)))
            if self._random.random() < 0.2:
                self._undo()

    def answer(self, answer: BulkAnswer, *types: IssueType) -> None:
        with suppress(InvalidDecision):
            request = Request(answer, types, value="Typed Inc.")
            bulk.carry_out(self._at.sessions, self._at.user_id, self._at.job_id, request)

    def _some_open_issue(self) -> IssueSummary | None:
        row = self._random.randrange(self._at.upload().total_rows + 2)
        for after in ((row, 0), None):
            if found := self._at.issues(after=after, limit=1):
                return found[0]
        return None

    def _decide(self, seen: Seen, case: cases.Case, action: Action) -> None:
        cells = [
            self._random.choice([cell, cell, f"{cell} again", "new@x.com"])
            for cell in case.candidates[0].cells
        ]
        match action:
            case Action.CHOOSE:
                row = self._random.choice(case.candidates).row_number
                deciding.choose(self._at.sessions, seen, row_number=row)
            case Action.MERGE:
                deciding.merge(self._at.sessions, seen, cells=cells)
            case Action.EDIT:
                deciding.edit(self._at.sessions, seen, cells=cells)
            case Action.ACCEPT:
                deciding.accept(self._at.sessions, seen)
            case Action.SKIP:
                deciding.skip(self._at.sessions, seen)

    def _undo(self) -> None:
        made = history.listed(self._at.sessions, self._at.user_id, self._at.job_id)
        held = [decided for decided in made if decided.can_be_undone]
        if held:
            with suppress(LaterDecision):
                decision = self._random.choice(held).id
                undoing.undo(self._at.sessions, self._at.user_id, self._at.job_id, decision)


def settle_the_rest(at: Desk) -> None:
    while at.issues():
        bulk.carry_out(at.sessions, at.user_id, at.job_id, Request(BulkAnswer.SKIP))
