"""One decision on one issue, and what follows from it for rows, other issues and the job's counters."""

from collections.abc import Collection, Iterable, Sequence, Set

from sqlalchemy.orm import Session

from db.models import Issue, IssueResolution, Job
from db.queries import issues, jobs, rows
from ingestion.errors import InvalidDecision
from ingestion.rules import duplicates
from ingestion.rules.issues import Action, IssueType
from ingestion.rules.validation import ContactColumns, RowCheck, refused_problem, shape_flaw
from ingestion.uploads import upload_of


class Decision:
    """An issue being settled within a transaction. Its rules raise InvalidDecision; the caller rolls back."""

    def __init__(self, session: Session, job: Job, issue: Issue, user_id: int, action: Action) -> None:
        columns = upload_of(job).contact_columns
        assert columns is not None, "a job in review was processed"
        self.session = session
        self.job = job
        self.issue = issue
        self.columns: ContactColumns = columns
        self._user_id = user_id
        self._action = action
        self._check = RowCheck(columns)
        self._entry: IssueResolution | None = None
        self._open_issues = job.conflict_count
        self._valid_rows = job.valid_rows

    def record(self, *, row_number: int | None = None, cells: list[str] | None = None) -> None:
        """Write the decision to the log and settle the issue by it."""
        group = self.issue.type == IssueType.DUPLICATE_EMAIL
        self._entry = self._log(
            self.issue, row_number=row_number, email=self.issue.key if group else None, values_json=cells
        )
        self._settle(self.issue, self._entry)

    def members(self) -> list[int]:
        """The row numbers of the group that the issue is about."""
        return issues.members(self.session, self.job.id, self.issue.key)

    def whole_row(self, cells: Sequence[str]) -> list[str]:
        """The cells, if they are a row that can be stored."""
        if len(cells) != len(self.job.columns):
            raise InvalidDecision(f"A row of this file has {len(self.job.columns)} cells.")
        if any("\0" in cell for cell in cells):
            raise InvalidDecision("A value holds a NUL character, which cannot be stored. Remove it.")
        return list(cells)

    def _flaw(self, cells: Sequence[str]) -> str | None:
        width = len(self.job.columns)
        return None if len(cells) == width else shape_flaw(len(cells), width)

    def put_over(self, cells: list[str], *, settles: IssueType) -> None:
        """Have the issue's row read as `cells` from now on."""
        (before,) = rows.current(self.session, self.job.id, [self.issue.row_number])
        verdict = self._check(cells)
        email = self.columns.email
        refused = refused_problem(
            self._check(before.data_json, self._flaw(before.data_json)),
            verdict,
            settles,
            same_email=before.data_json[email : email + 1] == [cells[email]],
        )
        if refused:
            raise InvalidDecision(refused)
        rows.put_over(self.session, self.job.id, before.row_number, cells, verdict.normalized_email)
        self._valid_rows += verdict.is_valid - before.is_valid
        still_open = {problem.type for problem in verdict.problems}
        self._settle_about([before.row_number], but=still_open)
        # Whoever has another issue of this row on screen sees values that are no longer the row's.
        issues.touch_about_row(self.session, self.job.id, before.row_number)
        self._regroup({before.normalized_email, verdict.normalized_email})

    def leave_out(self, row_numbers: Collection[int]) -> None:
        """Leave rows out, with their issues; the groups they leave are looked at again."""
        emails = rows.emails_of_valid(self.session, self.job.id, row_numbers)
        rows.leave_out(self.session, self.job.id, row_numbers)
        self._valid_rows -= len(emails)
        self.settle_rows(row_numbers)
        if self.issue.type != IssueType.DUPLICATE_EMAIL:
            self._regroup(set(emails))

    def settle_rows(self, row_numbers: Iterable[int]) -> None:
        """Settle what is open about single rows, as a consequence of the decision."""
        self._settle_about(list(row_numbers), but=set())

    def update_counters(self) -> None:
        """Bring the job's counters up to date."""
        jobs.change(self.session, self.job.id, conflict_count=self._open_issues, valid_rows=self._valid_rows)

    @property
    def _cause(self) -> IssueResolution:
        assert self._entry is not None, "what follows from a decision follows its entry"
        return self._entry

    def _log(self, issue: Issue, **values: object) -> IssueResolution:
        return issues.record(
            self.session,
            IssueResolution(
                job_id=self.job.id,
                action=self._action,
                issue_type=issue.type,
                decided_by=self._user_id,
                **values,
            ),
        )

    def _settle(self, issue: Issue, resolution: IssueResolution) -> None:
        self._open_issues -= issue.status == "OPEN"
        issues.change(self.session, [issue.id], status="RESOLVED", resolution_id=resolution.id)

    def _settle_about(self, row_numbers: list[int], *, but: Set[str]) -> None:
        """Settle the open issues of single rows in one statement, but for those of some types."""
        self._open_issues -= issues.settle_about_rows(self.session, row_numbers, but, cause=self._cause)

    def _regroup(self, emails: Collection[str | None]) -> None:
        """Ask again about e-mails whose rows changed."""
        for email in sorted(email for email in emails if email):
            members = rows.valid_with_email(self.session, self.job.id, email)
            numbers = [row.row_number for row in members]
            conflict = duplicates.conflicts(self.columns.identity_of(row.data_json) for row in members)
            group = issues.group_of(self.session, self.job.id, email)
            if group is not None:
                self._review_group(group, numbers, conflict=conflict)
            elif conflict:
                self._open_group(email, numbers)

    def _open_group(self, email: str, numbers: list[int]) -> None:
        issues.add(
            self.session,
            Issue(
                job_id=self.job.id,
                type=IssueType.DUPLICATE_EMAIL,
                key=email,
                row_number=numbers[0],
                payload_json={"detail": duplicates.detail_of(len(numbers))},
                status="OPEN",
            ),
        )
        issues.set_members(self.session, self.job.id, email, numbers)
        self._open_issues += 1

    def _review_group(self, group: Issue, numbers: list[int], *, conflict: bool) -> None:
        changed = numbers != issues.members(self.session, self.job.id, group.key)
        if changed:
            issues.set_members(self.session, self.job.id, group.key, numbers)
            issues.describe(self.session, group.id, duplicates.detail_of(len(numbers)), numbers)
        if group.status == "OPEN":
            if conflict:
                issues.touch(self.session, group.id)
            else:
                self._dissolve(group)
        elif changed:
            self._reopen_consequences(group)
            if conflict:
                self._open_issues += issues.change(
                    self.session, [group.id], status="OPEN", resolution_id=None
                )
            else:
                self._dissolve(group)

    def _dissolve(self, group: Issue) -> None:
        """Settle a group that is none any more: its rows are one person, or one row, or none."""
        self._settle(group, self._log(group, email=group.key, caused_by=self._cause.id))

    def _reopen_consequences(self, group: Issue) -> None:
        """Ask again what the group's settlement had settled elsewhere, about rows that are not left out."""
        assert group.resolution_id is not None
        again = issues.settled_by_consequence(self.session, self.job.id, group.resolution_id)
        numbers = {issue.row_number for issue in again}
        left_out = {
            row.row_number for row in rows.current(self.session, self.job.id, numbers) if row.is_skipped
        }
        reopened = [issue.id for issue in again if issue.row_number not in left_out]
        self._open_issues += issues.change(self.session, reopened, status="OPEN", resolution_id=None)
