"""Duplicate groups after decisions changed rows: who belongs to them, and whether they are asked about."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from db.queries import groups, images, resolutions, rows, settling
from db.queries.groups import Group
from db.queries.resolutions import Entry
from db.queries.rows import CurrentRow
from ingestion.rules import duplicates
from ingestion.rules.issues import IssueType
from ingestion.rules.validation import ContactColumns


@dataclass(frozen=True)
class _Regrouped:
    """The rows of one e-mail after a decision changed them."""

    email: str
    cause: int
    """The decision."""
    asked: Group | None
    """The issue about them, if there ever was one."""
    numbers: list[int]
    before: list[int]
    is_conflict: bool

    @property
    def issue(self) -> Group:
        """The issue, which there is."""
        assert self.asked is not None
        return self.asked

    @property
    def members(self) -> list[int]:
        """The rows that belong to it: a row that shares its e-mail with none is no group of its own."""
        return self.numbers if self.asked is not None or len(self.numbers) > 1 else []

    @property
    def is_changed(self) -> bool:
        """Whether other rows belong to it now."""
        return self.members != self.before

    @property
    def payload(self) -> dict[str, str | int]:
        """What the issue says."""
        return duplicates.payload_of(len(self.numbers))


class Changed:
    """E-mails of rows that decisions changed."""

    def __init__(self) -> None:
        self.causes: dict[str, int] = {}
        """Of each e-mail the decision."""
        self.known: defaultdict[str, list[int]] = defaultdict(list)
        """Of e-mails that valid rows had these rows: who shares an e-mail with a valid row is on record."""
        self._gained: set[str] = set()

    def add(self, decision: int, before: CurrentRow, email: str | None) -> None:
        """A row now has this e-mail; None: it is left out, or has none."""
        if before.normalized_email is not None:
            self.causes[before.normalized_email] = decision
            if before.is_valid:
                self.known[before.normalized_email].append(before.row_number)
        if email is not None and not (before.is_valid and email == before.normalized_email):
            self.causes[email] = decision
            self._gained.add(email)

    @property
    def unknown(self) -> Set[str]:
        """Those that a row gained, or that none had as a valid one: a single row may have them unrecorded."""
        return self._gained | (self.causes.keys() - self.known.keys())


class Regrouping:
    """Looks at e-mails again for decisions of one person, within their transaction."""

    def __init__(
        self, session: Session, job_id: int, columns: ContactColumns, user_id: int, batch_id: UUID | None
    ) -> None:
        self._session = session
        self._job_id = job_id
        self._columns = columns
        self._user_id = user_id
        self._batch_id = batch_id

    def __call__(self, changed: Changed) -> int:
        """Look at e-mails whose rows changed; how many more issues are open for it."""
        if not changed.causes:
            return 0
        found = self._found(changed)
        images.keep_members(self._session, self._job_id, [(group.cause, group.email) for group in found])
        images.touched(
            self._session,
            self._job_id,
            [(group.cause, row) for group in found for row in {*group.before, *group.numbers}],
        )
        new = [group for group in found if group.asked is None and group.is_conflict]
        known = [group for group in found if group.asked is not None]
        self._set_members([group for group in found if group.is_changed])
        return self._ask_about(new) + self._look_again(known)

    def _found(self, changed: Changed) -> list[_Regrouped]:
        causes = changed.causes
        before = groups.members(self._session, self._job_id, causes)
        now = self._rows(changed, before)
        asked = groups.of_emails(self._session, self._job_id, causes)
        return [
            _Regrouped(
                email,
                causes[email],
                asked.get(email),
                [row.row_number for row in now[email]],
                before[email],
                duplicates.conflicts(self._columns.identity_of(row.data_json) for row in now[email]),
            )
            for email in sorted(causes)
        ]

    def _rows(self, changed: Changed, before: Mapping[str, list[int]]) -> Mapping[str, list[CurrentRow]]:
        """Of each e-mail the valid rows that have it now."""
        unknown = changed.unknown
        found: defaultdict[str, list[CurrentRow]] = defaultdict(list)
        if unknown:
            found |= rows.valid_with_emails(self._session, self._job_id, unknown)
        known = changed.known.keys() - unknown
        numbers = {row for email in known for row in (*before[email], *changed.known[email])}
        for row in rows.current(self._session, self._job_id, numbers):
            if row.is_valid and row.normalized_email in known:
                found[row.normalized_email].append(row)
        return found

    def _set_members(self, found: Sequence[_Regrouped]) -> None:
        if found:
            members = {group.email: group.members for group in found}
            groups.set_members(self._session, self._job_id, members)

    def _ask_about(self, found: Sequence[_Regrouped]) -> int:
        """Ask about e-mails that nobody was asked about before."""
        if found:
            absent = [(group.cause, group.email) for group in found]
            images.keep_absent_groups(self._session, self._job_id, absent)
            first_rows = {group.email: (group.numbers[0], group.payload) for group in found}
            groups.add(self._session, self._job_id, first_rows)
        return len(found)

    def _look_again(self, found: Sequence[_Regrouped]) -> int:
        """Bring groups that were asked about up to date. A settled one is asked about again if it changed."""
        again = [group for group in found if group.issue.is_open or group.is_changed]
        if not again:
            return 0
        images.keep_issues(self._session, [(group.cause, group.issue.issue_id) for group in again])
        conflicts = [group for group in again if group.is_conflict]
        groups.describe(
            self._session,
            {group.issue.issue_id: (group.numbers[0], group.payload) for group in conflicts},
        )
        settled = [group for group in again if not group.issue.is_open]
        reopened = [group.issue.issue_id for group in settled if group.is_conflict]
        more = self._reopen_consequences(settled) + len(reopened)
        settling.ask_again(self._session, reopened)
        return more - self._dissolve([group for group in again if not group.is_conflict])

    def _dissolve(self, found: Sequence[_Regrouped]) -> int:
        """Settle groups that are none any more: their rows are one person, or one row, or none.

        Returns how many of them were open.
        """
        if not found:
            return 0
        causes = [group.cause for group in found]
        actions = resolutions.actions(self._session, causes)
        ids = resolutions.record(
            self._session,
            self._job_id,
            self._user_id,
            [Entry(actions[group.cause], IssueType.DUPLICATE_EMAIL, email=group.email) for group in found],
            batch_id=self._batch_id,
            caused_by=causes,
        )
        issue_ids = [group.issue.issue_id for group in found]
        settling.settle(self._session, list(zip(issue_ids, ids, strict=True)))
        return sum(group.issue.is_open for group in found)

    def _reopen_consequences(self, found: Sequence[_Regrouped]) -> int:
        """Ask again what groups' settlements had settled elsewhere, about rows that are not left out."""
        causes = {group.issue.resolution_id: group.cause for group in found if group.issue.resolution_id}
        elsewhere = settling.settled_by(self._session, self._job_id, causes)
        numbers = {settled.row_number for settled in elsewhere}
        read = rows.current(self._session, self._job_id, numbers)
        left_out = {row.row_number for row in read if row.is_skipped}
        again = [settled for settled in elsewhere if settled.row_number not in left_out]
        cause_of = [(causes[settled.resolution_id], settled) for settled in again]
        images.keep_issues(self._session, [(cause, settled.issue_id) for cause, settled in cause_of])
        images.touched(
            self._session, self._job_id, [(cause, settled.row_number) for cause, settled in cause_of]
        )
        settling.ask_again(self._session, [settled.issue_id for settled in again])
        return len(again)
