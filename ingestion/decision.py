"""Decisions on issues, and what follows from them for rows, other issues and the job's counters.

One decision and a hundred thousand go the same way, so that they follow the same rules.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import Job
from db.queries import groups, images, jobs, resolutions, rows, settling
from db.queries.groups import Group
from db.queries.open_issues import OpenIssue
from db.queries.resolutions import Entry
from db.queries.rows import CurrentRow, PutOver
from db.queries.settling import Consequence
from ingestion.csv_file.limits import LARGEST_CELL
from ingestion.errors import InvalidDecision
from ingestion.regrouping import Changed, Regrouping
from ingestion.rules.duplicates import payload_of
from ingestion.rules.issues import Action, IssueType
from ingestion.rules.validation import ContactColumns, RowCheck, refused_problem, shape_flaw
from ingestion.viewing import upload_of


class Answer(NamedTuple):
    """What somebody decides about an open issue, or about rows of one e-mail that nobody was asked about."""

    issue: OpenIssue
    action: Action
    row_number: int | None = None
    """The row that survives a group, or is corrected, accepted or left out."""
    cells: Sequence[str] | None = None
    """The record that the rows are merged to, or what the row is corrected to."""

    @property
    def issue_id(self) -> int:
        """Of the issue, which somebody was asked about."""
        assert self.issue.id is not None
        return self.issue.id

    @property
    def is_about_group(self) -> bool:
        """Whether the issue is about the rows of one e-mail."""
        return self.issue.type == IssueType.DUPLICATE_EMAIL


class _Made(NamedTuple):
    """An answer and its entry in the log."""

    id: int
    answer: Answer


class Decisions:
    """Decides for one person, within a transaction that holds the job's lock."""

    def __init__(self, session: Session, job: Job, user_id: int, batch_id: UUID | None = None) -> None:
        columns = upload_of(job).contact_columns
        assert columns is not None, "a job in review was processed"
        self._session = session
        self._job = job
        self._columns: ContactColumns = columns
        self._user_id = user_id
        self._batch_id = batch_id
        self._check = RowCheck(columns)
        self._regroup = Regrouping(session, job.id, columns, user_id, batch_id)
        self._open_issues = job.conflict_count
        self._valid_rows = job.valid_rows

    @cached_property
    def width(self) -> int:
        """How many cells a row of the file has."""
        return len(self._job.columns)

    def whole_row(self, cells: Sequence[str]) -> list[str]:
        """The cells, if they are a row that can be stored. Raises InvalidDecision."""
        if len(cells) != self.width:
            raise InvalidDecision(f"A row of this file has {self.width} cells.")
        if any("\0" in cell for cell in cells):
            raise InvalidDecision("A value holds a NUL character, which cannot be stored. Remove it.")
        longest = max(map(len, cells))
        if longest > LARGEST_CELL:
            raise InvalidDecision(
                f"A value has {longest:,} characters; at most {LARGEST_CELL:,} are taken. Shorten it."
            )
        return list(cells)

    def merged(self, cells: Sequence[str], email: str) -> list[str]:
        """The cells as the record of a group. Raises InvalidDecision."""
        record = self.whole_row(cells)
        record[self._columns.email] = email
        return record

    def refusal(self, issue_type: IssueType, before: Sequence[str], cells: Sequence[str]) -> str | None:
        """Why a row with an issue may not be corrected to these cells; None when it may."""
        email = self._columns.email
        flaw = None if len(before) == self.width else shape_flaw(len(before), self.width)
        return refused_problem(
            self._check(before, flaw),
            self._check(cells),
            issue_type,
            same_email=list(before[email : email + 1]) == [cells[email]],
        )

    def make(self, answers: Sequence[Answer]) -> list[int]:
        """Carry out the answers, which rules allow: to different issues, no two about one row.

        Returns of each its entry in the log.
        """
        settling.look_rows_up(self._session)
        answers, unasked = self._ask_first(answers)
        ids = resolutions.record(
            self._session,
            self._job.id,
            self._user_id,
            [_entry(answer) for answer in answers],
            batch_id=self._batch_id,
        )
        made = list(map(_Made, ids, answers))
        if unasked:
            absent = [(one.id, one.answer.issue.key) for one in made if one.answer.issue.key in unasked]
            images.keep_absent_groups(self._session, self._job.id, absent)
        settling.settle(self._session, [(one.answer.issue_id, one.id) for one in made])
        self._open_issues -= len(made)
        self._settle_groups([one for one in made if one.answer.is_about_group])
        self._settle_rows([one for one in made if not one.answer.is_about_group])
        jobs.change(
            self._session, self._job.id, conflict_count=self._open_issues, valid_rows=self._valid_rows
        )
        return ids

    def _ask_first(self, answers: Sequence[Answer]) -> tuple[Sequence[Answer], frozenset[str]]:
        """Ask what is answered and was not asked: about rows of one e-mail that had collapsed by themselves.

        Returns the answers, each to an issue, and these e-mails.
        """
        emails = frozenset(answer.issue.key for answer in answers if answer.issue.id is None)
        if not emails:
            return answers, emails
        members = groups.members(self._session, self._job.id, emails)
        first_rows = {email: (rows[0], payload_of(len(rows))) for email, rows in members.items()}
        groups.add(self._session, self._job.id, first_rows)
        self._open_issues += len(emails)
        asked = groups.of_emails(self._session, self._job.id, emails)
        return [_asked(answer, asked) for answer in answers], emails

    def _settle_groups(self, made: Sequence[_Made]) -> None:
        if not made:
            return
        touched = images.groups_touched(
            self._session, self._job.id, [(one.id, one.answer.issue.key) for one in made]
        )
        skips = {one.id for one in made if one.answer.action is Action.SKIP}
        left_out = {row: decision for decision, row in touched if decision in skips}
        if left_out:
            self._leave_out(left_out, rows.current(self._session, self._job.id, list(left_out)))
        chosen = {(one.id, one.answer.row_number) for one in made if one.answer.action is Action.CHOOSE}
        self._settle_about(Consequence(*pair) for pair in touched if pair not in chosen)

    def _settle_rows(self, made: Sequence[_Made]) -> None:
        if not made:
            return
        numbers = [one.answer.issue.row_number for one in made]
        before = {row.row_number: row for row in rows.current(self._session, self._job.id, numbers)}
        about = list(zip(made, numbers, strict=True))
        images.touched(self._session, self._job.id, [(one.id, row) for one, row in about])
        left_out = {row: one.id for one, row in about if one.answer.action is Action.SKIP}
        changed = Changed()
        for row, decision in left_out.items():
            changed.add(decision, before[row], None)
        self._leave_out(left_out, [before[row] for row in left_out])
        self._settle_about(Consequence(decision, row) for row, decision in left_out.items())
        corrected = [(one.id, before[row], one.answer.cells) for one, row in about if one.answer.cells]
        self._put_over(corrected, changed)
        self._open_issues += self._regroup(changed)

    def _leave_out(self, left_out: Mapping[int, int], before: Iterable[CurrentRow]) -> None:
        """Leave rows out, each by a decision, that read as they do before."""
        if not left_out:
            return
        pairs = [(decision, row) for row, decision in left_out.items()]
        self._valid_rows -= sum(row.is_valid for row in before)
        images.keep_rows(self._session, self._job.id, pairs)
        rows.leave_out(self._session, self._job.id, pairs)

    def _put_over(self, corrected: Sequence[tuple[int, CurrentRow, Sequence[str]]], changed: Changed) -> None:
        """Have rows read as these cells from now on, and note which e-mails that changes."""
        if not corrected:
            return
        values, consequences = [], []
        for decision, before, cells in corrected:
            verdict = self._check(cells)
            values.append(PutOver(decision, before.row_number, cells, verdict.normalized_email))
            still_open = {problem.type for problem in verdict.problems}
            consequences.append(Consequence(decision, before.row_number, still_open))
            self._valid_rows += verdict.is_valid - before.is_valid
            changed.add(decision, before, verdict.normalized_email)
        images.keep_rows(self._session, self._job.id, [(put.resolution_id, put.row_number) for put in values])
        rows.put_over(self._session, self._job.id, values)
        self._settle_about(consequences)
        # Whoever has another issue of these rows on screen sees values that are no longer the row's.
        settling.touch_about_rows(self._session, self._job.id, [put.row_number for put in values])

    def _settle_about(self, consequences: Iterable[Consequence]) -> None:
        """Settle what is open about rows."""
        if listed := list(consequences):
            self._open_issues -= settling.settle_consequences(self._session, self._job.id, listed)


def _asked(answer: Answer, groups: Mapping[str, Group]) -> Answer:
    if answer.issue.id is not None:
        return answer
    return answer._replace(issue=answer.issue._replace(id=groups[answer.issue.key].issue_id))


def _entry(answer: Answer) -> Entry:
    return Entry(
        answer.action,
        answer.issue.type,
        answer.row_number,
        answer.issue.key if answer.is_about_group else None,
        answer.cells,
    )
