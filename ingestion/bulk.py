"""One answer to many issues: shown before it is given, streamed when it is, undone as one.

Each issue is decided as a single one is, by the same rules. What rules refuse is left open and counted.
"""

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import asdict, dataclass, field
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Issue, Job
from db.queries import groups, issues, resolutions, rows
from db.queries.issues import Filter
from db.queries.rows import CurrentRow
from ingestion.decision import Answer, Decisions
from ingestion.errors import Conflict, InvalidDecision
from ingestion.review import searched
from ingestion.rules.bulk import ACTION, FIELD, BulkAnswer, answers_to, survivor
from ingestion.rules.issues import Action, IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.validation import squared
from ingestion.uploads import owned, upload_of

_ISSUES_AT_ONCE = 2_000
_EXAMPLES = 10


@dataclass(frozen=True)
class Request:
    """One answer to all open issues of some kinds that a search finds, or to some of them."""

    answer: BulkAnswer
    types: tuple[IssueType, ...] = ()
    """Those that it is no answer to are left alone; none means all."""
    search: str = ""
    issue_ids: tuple[int, ...] = ()
    """None means all."""
    value: str = ""
    """What the field is set to."""


@dataclass(frozen=True)
class Example:
    """What becomes of one issue."""

    type: IssueType
    subject: str
    """The e-mail of a group, or the number of a row."""
    before: tuple[tuple[str, ...], ...]
    """The rows as they read, as wide as the header; of a large group the first ones."""
    row_numbers: tuple[int, ...]
    after: tuple[str, ...] | None
    """What is kept; None: nothing."""


@dataclass
class Outcome:
    """What a bulk answer does, or did."""

    columns: tuple[str, ...]
    decided: Counter[IssueType] = field(default_factory=Counter)
    """Issues by kind."""
    rows: int = 0
    """Rows that lose to another, are left out, or read differently."""
    refused: Counter[str] = field(default_factory=Counter)
    """Issues that stay open, by the reason."""
    examples: list[Example] = field(default_factory=list)


@dataclass(frozen=True)
class _Planned:
    answer: Answer
    before: list[CurrentRow]
    after: Sequence[str] | None


def preview(sessions: Sessions, user_id: int, job_id: int, request: Request) -> Outcome:
    """What the answer would do now. Raises NotFound, Conflict, InvalidDecision; stores nothing."""
    with sessions() as session:
        plan = _Plan(session, owned(session, user_id, job_id), user_id, request)
        for _ in plan.answers():
            pass
    return plan.outcome


def carry_out(
    sessions: Sessions,
    user_id: int,
    job_id: int,
    request: Request,
    *,
    expected: int | None = None,
) -> Outcome:
    """Give the answer, in one transaction.

    Raises what `preview` raises, and Conflict when not as many issues as `expected` would be decided.
    """
    with sessions.begin() as session:
        job = owned(session, user_id, job_id, lock=True)
        batch_id = uuid4()
        plan = _Plan(session, job, user_id, request, batch_id)
        made = [plan.decisions.make(answers)[0] for answers in plan.answers()]
        done = plan.outcome.decided.total()
        if expected is not None and done != expected:
            raise Conflict(
                f"The upload changed: this would decide {done:,} now, not {expected:,}. Look at it again."
            )
        if not done:
            raise InvalidDecision("There is no open issue that this is an answer to.")
        decided = {str(kind): count for kind, count in plan.outcome.decided.items()}
        resolutions.add_bulk(session, job_id, batch_id, made[0], asdict(request), decided)
    return plan.outcome


class _Plan:
    """The answers to the issues of one request, some at a time, and what they come to."""

    def __init__(
        self, session: Session, job: Job, user_id: int, request: Request, batch_id: UUID | None = None
    ) -> None:
        if job.status != JobStatus.NEEDS_REVIEW:
            raise Conflict("This upload is not in review. Reload the page to see where it stands.")
        self._session = session
        self._job = job
        self._request = request
        self._upload = upload_of(job)
        self.decisions = Decisions(session, job, user_id, batch_id)
        self.outcome = Outcome(self._upload.columns)
        self._left_out: set[int] = set()

    def answers(self) -> Iterator[list[Answer]]:
        """The answers. Those that are read later are about issues that earlier ones left open."""
        # Groups first: what is decided about them settles what is open about their rows.
        groups_only = {IssueType.DUPLICATE_EMAIL}
        for plan, types in (
            (self._about_groups, self._types() & groups_only),
            (self._about_rows, self._types() - groups_only),
        ):
            for page in self._pages(types):
                planned = plan(page)
                for one in planned:
                    self._count(one)
                if planned:
                    yield [one.answer for one in planned]

    def _types(self) -> frozenset[IssueType]:
        allowed = answers_to(self._request.answer)
        return allowed & set(self._request.types) if self._request.types else allowed

    def _pages(self, types: Set[IssueType]) -> Iterator[list[Issue]]:
        if not types:
            return
        request = self._request
        which = Filter("OPEN", sorted(types), request.search, searched(self._upload), request.issue_ids)
        after = None
        while page := issues.some(self._session, self._job.id, which, after=after, limit=_ISSUES_AT_ONCE):
            yield page
            after = (page[-1].row_number, page[-1].id)

    def _about_groups(self, page: list[Issue]) -> list[_Planned]:
        members = groups.members(self._session, self._job.id, [issue.key for issue in page])
        numbers = [number for some in members.values() for number in some]
        read = {row.row_number: row for row in rows.current(self._session, self._job.id, numbers)}
        return [self._about_group(issue, [read[number] for number in members[issue.key]]) for issue in page]

    def _about_group(self, issue: Issue, before: list[CurrentRow]) -> _Planned:
        action = ACTION[self._request.answer]
        if action is Action.SKIP:
            self._left_out.update(row.row_number for row in before)
            return _Planned(Answer(issue, action), before, None)
        kept = survivor(self._request.answer, [row.data_json for row in before])
        row = before[kept.place]
        cells = None if kept.cells is None else self.decisions.merged(kept.cells, issue.key)
        return _Planned(Answer(issue, action, row.row_number, cells), before, cells or row.data_json)

    def _about_rows(self, page: list[Issue]) -> list[_Planned]:
        numbers = {issue.row_number for issue in page}
        read = {row.row_number: row for row in rows.current(self._session, self._job.id, numbers)}
        planned = (self._about_row(issue, read[issue.row_number]) for issue in page)
        return [one for one in planned if one is not None]

    def _about_row(self, issue: Issue, before: CurrentRow) -> _Planned | None:
        action, kind = ACTION[self._request.answer], IssueType(issue.type)
        if action is Action.SKIP:
            if before.row_number in self._left_out:  # with another of its issues
                return None
            self._left_out.add(before.row_number)
            return _Planned(Answer(issue, action, before.row_number), [before], None)
        cells = self._corrected(kind, before.data_json)
        if cells is not None and (refused := self.decisions.refusal(kind, before.data_json, cells)):
            self.outcome.refused[refused] += 1
            return None
        return _Planned(Answer(issue, action, before.row_number, cells), [before], cells or before.data_json)

    def _corrected(self, kind: IssueType, cells: list[str]) -> list[str] | None:
        """What the row reads as from now on; None: as before."""
        if self._request.answer is BulkAnswer.SET_VALUE:
            assert self._upload.contact_columns is not None
            at = getattr(self._upload.contact_columns, FIELD[kind])
            return self.decisions.whole_row([*cells[:at], self._request.value, *cells[at + 1 :]])
        return squared(cells, self.decisions.width) if kind is IssueType.MALFORMED_ROW else None

    def _count(self, planned: _Planned) -> None:
        kind = IssueType(planned.answer.issue.type)
        self.outcome.decided[kind] += 1
        if planned.answer.action in {Action.CHOOSE, Action.MERGE}:
            self.outcome.rows += len(planned.before) - 1
        elif planned.answer.action is Action.SKIP or planned.answer.cells is not None:
            self.outcome.rows += len(planned.before)
        if len(self.outcome.examples) < _EXAMPLES:
            self.outcome.examples.append(self._example(kind, planned))

    def _example(self, kind: IssueType, planned: _Planned) -> Example:
        width = self.decisions.width
        shown = planned.before[:_EXAMPLES]
        return Example(
            kind,
            planned.answer.issue.key,
            tuple(tuple(squared(row.data_json, width)) for row in shown),
            tuple(row.row_number for row in shown),
            None if planned.after is None else tuple(squared(planned.after, width)),
        )
