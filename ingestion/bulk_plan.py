"""What one answer to many issues comes to, worked out some issues at a time.

Each issue is decided as a single one is, by the same rules. What rules refuse is left open and counted.
"""

from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import Job
from db.queries import open_issues, rows
from db.queries.issues import Filter
from db.queries.open_issues import Asked, OpenIssue
from ingestion.decision import Answer, Decisions
from ingestion.errors import Conflict, InvalidDecision
from ingestion.review import searched
from ingestion.rules.bulk import ACTION, FIELD, BulkAnswer, answers_to, looks_at_cells, survivor
from ingestion.rules.duplicates import differing_columns
from ingestion.rules.issues import Action, IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.survivorship import is_filled
from ingestion.rules.validation import squared
from ingestion.viewing import upload_of

LONGEST_VALUE = 2_000
"""Characters of what a field is set to, in as many rows as there are."""
_ISSUES_AT_ONCE = 5_000
_EXAMPLES = 10
_ANSWERED = {BulkAnswer.FILL_REPEATS: {JobStatus.NEEDS_REVIEW, JobStatus.COMPLETED}}
"""Where an upload may stand when it is answered, if not in review alone: repeats collapse without one."""


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

    @property
    def differing(self) -> tuple[int, ...]:
        """The columns (0-based) in which the rows and what is kept differ."""
        return tuple(differing_columns([*self.before, *filter(None, [self.after])]))


@dataclass
class Outcome:
    """What a bulk answer does, or did."""

    columns: tuple[str, ...]
    own_columns: tuple[int, ...] = ()
    """Those that have a contact's own fields (0-based)."""
    decided: Counter[IssueType] = field(default_factory=Counter)
    """Issues by kind."""
    rows: int = 0
    """Rows that lose to another, are left out, or read differently."""
    refused: Counter[str] = field(default_factory=Counter)
    """Issues that stay open, by the reason."""
    examples: list[Example] = field(default_factory=list)


class Plan:
    """The answers to the issues of one request, some at a time, and what they come to."""

    def __init__(
        self, session: Session, job: Job, user_id: int, request: Request, batch_id: UUID | None = None
    ) -> None:
        if job.status not in _ANSWERED.get(request.answer, {JobStatus.NEEDS_REVIEW}):
            raise Conflict("This upload is not in review. Look again where it stands.")
        if len(request.value) > LONGEST_VALUE:
            raise InvalidDecision(
                f"The value has {len(request.value):,} characters; at most {LONGEST_VALUE:,} are taken for "
                "many rows. Shorten it."
            )
        self._session = session
        self._job = job
        self._request = request
        self._upload = upload_of(job)
        self.decisions = Decisions(session, job, user_id, batch_id)
        self.outcome = Outcome(self._upload.columns, searched(self._upload))
        self._action = ACTION[request.answer]
        allowed = answers_to(request.answer)
        self._types = allowed & set(request.types) if request.types else allowed
        self._left_out: set[int] = set()

    def answers(self) -> Iterator[list[Answer]]:
        """The answers, some at a time."""
        # Groups first: what is decided about them settles what is open about their rows.
        if self._request.answer is BulkAnswer.FILL_REPEATS:
            yield from _some_at_a_time(self._about_repeats())
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

    def _about_repeats(self) -> Iterator[Answer]:
        """Records for rows that repeat each other, where one has a value that the row kept has not."""
        for asked in open_issues.about_repeats(self._session, self._job.id):
            answer = self._about_group(asked)
            if answer.cells and is_filled(asked.cells[0], answer.cells):
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
        after = answer.cells or read.get(kept or 0)
        if after is not None and answer.is_about_group:
            after = self.decisions.merged(after, asked.issue.key)
        return Example(
            IssueType(asked.issue.type),
            asked.issue.key,
            tuple(read[number] for number in shown),
            tuple(shown),
            None if after is None else tuple(after),
        )


def _some_at_a_time(answers: Iterator[Answer]) -> Iterator[list[Answer]]:
    while some := list(islice(answers, _ISSUES_AT_ONCE)):
        yield some
