"""One answer to many issues: shown before it is given, streamed when it is, undone as one.

Each issue is decided as a single one is, by the same rules. What rules refuse is left open and counted.
"""

from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import asdict, dataclass, field
from itertools import islice
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from db.engine import Sessions
from db.models import Job
from db.queries import open_issues, resolutions, rows, settling
from db.queries.issues import Filter
from db.queries.open_issues import Asked, OpenIssue
from ingestion.decision import Answer, Decisions
from ingestion.errors import Conflict, InvalidDecision
from ingestion.review import searched
from ingestion.rules.bulk import ACTION, FIELD, BulkAnswer, answers_to, looks_at_cells, survivor
from ingestion.rules.issues import Action, IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.validation import squared
from ingestion.uploads import owned, upload_of

_ISSUES_AT_ONCE = 5_000
_EXAMPLES = 10
_MANY = 1_000
"""So many decisions change what the planner has to know of the tables."""


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
        first = _make_all(session, plan)
        done = plan.outcome.decided.total()
        if expected is not None and done != expected:
            raise Conflict(
                f"The upload changed: this would decide {done:,} now, not {expected:,}. Look at it again."
            )
        if first is None:
            raise InvalidDecision("There is no open issue that this is an answer to.")
        decided = {str(kind): count for kind, count in plan.outcome.decided.items()}
        resolutions.add_bulk(session, job_id, batch_id, first, asdict(request), decided)
    return plan.outcome


def _make_all(session: Session, plan: "_Plan") -> int | None:
    """Make the decisions; the first entry in the log, if there is one."""
    first = None
    for answers in plan.answers():
        made = plan.decisions.make(answers)
        if first is None and len(made) >= _MANY:
            settling.analyze_values(session)  # which those that follow read
        first = first or made[0]
    if plan.outcome.decided.total() >= _MANY:
        settling.analyze(session)
    return first


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
        self._action = ACTION[request.answer]
        allowed = answers_to(request.answer)
        self._types = allowed & set(request.types) if request.types else allowed
        self._left_out: set[int] = set()

    def answers(self) -> Iterator[list[Answer]]:
        """The answers, some at a time."""
        # Groups first: what is decided about them settles what is open about their rows.
        yield from _some_at_a_time(self._about_groups())
        yield from _some_at_a_time(self._about_rows())

    def _about_groups(self) -> Iterator[Answer]:
        if IssueType.DUPLICATE_EMAIL not in self._types:
            return
        which = self._filter({IssueType.DUPLICATE_EMAIL})
        with_cells = looks_at_cells(self._request.answer)
        for asked in open_issues.about_groups(self._session, self._job.id, which, with_cells=with_cells):
            answer = self._about_group(asked)
            self._count(asked, answer)
            yield answer

    def _about_rows(self) -> Iterator[Answer]:
        types = self._types - {IssueType.DUPLICATE_EMAIL}
        if not types:
            return
        for asked in open_issues.about_rows(self._session, self._job.id, self._filter(types)):
            if answer := self._about_row(asked.issue, asked.cells[0]):
                self._count(asked, answer)
                yield answer

    def _filter(self, types: Set[IssueType]) -> Filter:
        request = self._request
        return Filter("OPEN", sorted(types), request.search, searched(self._upload), request.issue_ids)

    def _about_group(self, asked: Asked) -> Answer:
        if self._action is Action.SKIP:
            self._left_out.update(asked.row_numbers)
            return Answer(asked.issue, self._action)
        kept = survivor(self._request.answer, len(asked.row_numbers), asked.cells)
        cells = None if kept.cells is None else self.decisions.merged(kept.cells, asked.issue.key)
        return Answer(asked.issue, self._action, asked.row_numbers[kept.place], cells)

    def _about_row(self, issue: OpenIssue, before: list[str]) -> Answer | None:
        if self._action is Action.SKIP:
            if issue.row_number in self._left_out:  # with another of its issues
                return None
            self._left_out.add(issue.row_number)
            return Answer(issue, self._action, issue.row_number)
        kind = IssueType(issue.type)
        cells = self._corrected(kind, before)
        if cells is not None and (refused := self.decisions.refusal(kind, before, cells)):
            self.outcome.refused[refused] += 1
            return None
        return Answer(issue, self._action, issue.row_number, cells)

    def _corrected(self, kind: IssueType, cells: list[str]) -> list[str] | None:
        """What the row reads as from now on; None: as before."""
        if self._request.answer is BulkAnswer.SET_VALUE:
            assert self._upload.contact_columns is not None
            at = getattr(self._upload.contact_columns, FIELD[kind])
            return self.decisions.whole_row([*cells[:at], self._request.value, *cells[at + 1 :]])
        return squared(cells, self.decisions.width) if kind is IssueType.MALFORMED_ROW else None

    def _count(self, asked: Asked, answer: Answer) -> None:
        self.outcome.decided[IssueType(asked.issue.type)] += 1
        if self._action in {Action.CHOOSE, Action.MERGE}:
            self.outcome.rows += len(asked.row_numbers) - 1
        elif self._action is Action.SKIP or answer.cells is not None:
            self.outcome.rows += len(asked.row_numbers)
        if len(self.outcome.examples) < _EXAMPLES:
            self.outcome.examples.append(self._example(asked, answer))

    def _example(self, asked: Asked, answer: Answer) -> Example:
        shown = asked.row_numbers[:_EXAMPLES]
        kept = None if self._action is Action.SKIP else answer.row_number
        wanted = {*shown, *([] if kept is None else [kept])}
        read = {
            row.row_number: tuple(squared(row.data_json, self.decisions.width))
            for row in rows.current(self._session, self._job.id, wanted)
        }
        return Example(
            IssueType(asked.issue.type),
            asked.issue.key,
            tuple(read[number] for number in shown),
            tuple(shown),
            tuple(answer.cells) if answer.cells is not None else read.get(kept or 0),
        )


def _some_at_a_time(answers: Iterator[Answer]) -> Iterator[list[Answer]]:
    while some := list(islice(answers, _ISSUES_AT_ONCE)):
        yield some
