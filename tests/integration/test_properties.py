"""For any rows and any decisions: the books balance, and doing a step twice changes nothing."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from db.engine import Sessions
from db.models import IssueResolution, RawRow
from ingestion import (
    cases,
    deciding,
    export,
    finalization,
    outcome,
    processing,
    provenance,
    review,
    undoing,
    viewing,
)
from ingestion.csv_file.options import ParseOptions
from ingestion.deciding import Seen
from ingestion.errors import InvalidDecision, NotFound
from ingestion.outcome import Became, Outcome
from ingestion.rules import emails
from ingestion.rules.issues import KINDS, Action, IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.validation import ContactColumns, squared
from ingestion.storage import Bucket
from ingestion.undoing import LaterDecision
from tests.conftest import Submit
from tests.tables import Tables, tables_of

HEADER = ["email", "first_name", "last_name", "company", "phone"]
OPTIONS = ParseOptions(ContactColumns(0, 1, 2, 3))

EMAILS = ["a@x.com", " A@X.com ", "b@x.com", "c@x.com", "", "bad", "a@x.com, b@x.com"]
NAMES = ["Ana", "ANA", " ana ", "Bo", ""]


def is_record(cells: list[str]) -> bool:
    return any(cell.strip() for cell in cells)


well_formed = st.tuples(
    st.sampled_from(EMAILS),
    st.sampled_from(NAMES),
    st.sampled_from(["Silva", "Li", ""]),
    st.sampled_from(["Acme", "ａｃｍｅ", "Hooli", ""]),
    st.sampled_from(["1", "", 'say "hi",\nplease', "\0"]),
).map(list)
broken = st.lists(st.sampled_from(["a@x.com", "Ana", ""]), min_size=2, max_size=7)
rows_of_any_kind = st.one_of(well_formed, well_formed, well_formed, broken)
files = st.lists(rows_of_any_kind, min_size=1, max_size=14).filter(lambda rows: any(map(is_record, rows)))


@dataclass
class Run:
    """One upload, and a person who settles it at random."""

    sessions: Sessions
    bucket: Bucket
    user_id: int
    job_id: int
    data: st.DataObject

    def process_again(self) -> None:
        self.set_status(JobStatus.PENDING)
        processing.process(self.sessions, self.bucket, self.job_id)

    def set_status(self, status: JobStatus) -> None:
        with self.sessions.begin() as session:
            session.execute(
                text("UPDATE jobs SET status = :status WHERE id = :job"),
                {"status": status, "job": self.job_id},
            )

    def tables(self) -> Tables:
        return tables_of(self.sessions, self.job_id)

    def decide_once(self) -> int | None:
        """Settle some issue; the decision, or None when nothing is open."""
        found = review.listed(self.sessions, self.user_id, self.job_id)
        if not found:
            return None
        issue = self.data.draw(st.sampled_from(found), label="issue")
        self.settle(issue.id, issue.type)
        self.check_counters()
        with self.sessions() as session:
            decisions = select(func.max(IssueResolution.id)).where(IssueResolution.caused_by.is_(None))
            return session.scalar(decisions.where(IssueResolution.action != Action.UNDO))

    def undo(self, decision: int) -> None:
        undoing.undo(self.sessions, self.user_id, self.job_id, decision)
        self.check_counters()

    def standing_in_the_way(self, decision: int) -> int | None:
        """Undo a decision, or say which later one has to be undone first."""
        try:
            self.undo(decision)
        except LaterDecision as refused:
            return refused.resolution_id
        return None

    def standing(self) -> list[int]:
        """The decisions that nobody has undone, oldest first."""
        made = select(IssueResolution.id).where(IssueResolution.job_id == self.job_id)
        undone = select(IssueResolution.reverses).where(IssueResolution.reverses.is_not(None))
        with self.sessions() as session:
            found = made.where(
                IssueResolution.caused_by.is_(None),
                IssueResolution.action != Action.UNDO,
                IssueResolution.id.not_in(undone),
            )
            return list(session.scalars(found.order_by(IssueResolution.id)))

    def settle_everything(self) -> None:
        for _ in range(200):
            found = review.listed(self.sessions, self.user_id, self.job_id)
            if not found:
                return
            issue = self.data.draw(st.sampled_from(found), label="issue")
            self.settle(issue.id, issue.type)
            self.check_counters()
        pytest.fail("the issues do not come to an end")

    def settle(self, issue_id: int, kind: IssueType) -> None:
        case = cases.get(self.sessions, self.user_id, self.job_id, issue_id)
        seen = Seen(self.user_id, self.job_id, issue_id, case.version)
        action = self.data.draw(st.sampled_from(sorted(KINDS[kind].actions)), label="action")
        try:
            self.decide(seen, case, action)
        except InvalidDecision:
            deciding.skip(self.sessions, seen)

    def decide(self, seen: Seen, case: cases.Case, action: Action) -> None:
        match action:
            case Action.CHOOSE:
                row = self.data.draw(st.sampled_from(case.candidates)).row_number
                deciding.choose(self.sessions, seen, row_number=row)
            case Action.MERGE:
                deciding.merge(self.sessions, seen, cells=self.data.draw(well_formed.filter(storable)))
            case Action.EDIT:
                deciding.edit(self.sessions, seen, cells=self.data.draw(well_formed.filter(storable)))
            case Action.ACCEPT:
                deciding.accept(self.sessions, seen)
            case Action.SKIP:
                deciding.skip(self.sessions, seen)

    def check_counters(self) -> None:
        upload = viewing.get(self.sessions, self.user_id, self.job_id)
        with self.sessions() as session:
            opened = session.scalar(
                text("SELECT count(*) FROM issues WHERE job_id = :job AND status = 'OPEN'"),
                {"job": self.job_id},
            )
            valid = session.scalar(
                text("SELECT count(*) FROM current_rows WHERE job_id = :job AND is_valid"),
                {"job": self.job_id},
            )
        assert (upload.open_issues, upload.valid_rows) == (opened, valid)

    def outcomes(self) -> dict[Outcome, list[Became]]:
        """Every row of each list, read two at a time."""
        found: dict[Outcome, list[Became]] = {which: [] for which in Outcome}
        for which, rows in found.items():
            after = None
            while page := outcome.listed(
                self.sessions, self.user_id, self.job_id, which, after=after, limit=2
            ):
                rows += page
                after = page[-1].place
        return found

    def check_outcomes(self) -> finalization.Balance:
        """The lists are as long as the preview says, and no row is in two of them."""
        balance = finalization.preview(self.sessions, self.user_id, self.job_id)
        listed = self.outcomes()
        numbers = [row.row_number for rows in listed.values() for row in rows]
        assert {which: len(rows) for which, rows in listed.items()} == {
            Outcome.CONTACT: balance.contacts,
            Outcome.LEFT_OUT: balance.left_out,
            Outcome.SETTLED: balance.duplicates,
            Outcome.REPEAT: balance.collapsed,
        }
        assert len(set(numbers)) == len(numbers) == balance.total_rows - balance.waiting
        contacts = {row.row_number for row in listed[Outcome.CONTACT]}
        kept = {row.kept_row for row in [*listed[Outcome.SETTLED], *listed[Outcome.REPEAT]]}
        assert kept <= contacts
        differ = [row for row in listed[Outcome.REPEAT] if row.differing]
        assert len(differ) == outcome.differing(self.sessions, self.user_id, self.job_id)
        return balance

    def undecided_blanks(self) -> list[tuple[int, str]]:
        """Blank fields of surviving rows that nobody accepted, typed over, or merged."""
        with self.sessions() as session:
            found = session.execute(
                text("""
                SELECT contact.row_number, kind FROM final_contacts contact
                 CROSS JOIN LATERAL (VALUES ('MISSING_FIRST_NAME', first_name),
                                            ('MISSING_LAST_NAME', last_name),
                                            ('MISSING_COMPANY', company)) AS field (kind, value)
                  JOIN issues ON issues.job_id = contact.job_id AND issues.type = kind
                             AND issues.row_number = contact.row_number
                  JOIN issue_resolutions entry ON entry.id = issues.resolution_id
                 WHERE contact.job_id = :job AND value = '' AND entry.action <> 'accept'
                   AND NOT EXISTS (
                       SELECT FROM issues grouped
                         JOIN issue_resolutions merged ON merged.id = grouped.resolution_id
                        WHERE grouped.job_id = :job AND grouped.key = contact.email
                          AND merged.action = 'merge')
                """),
                {"job": self.job_id},
            )
            return [(number, kind) for number, kind in found]

    def finalize(self) -> bytes:
        if viewing.get(self.sessions, self.user_id, self.job_id).status is not JobStatus.COMPLETED:
            finalization.request(self.sessions, lambda _job: None, self.user_id, self.job_id)
            finalization.finalize(self.sessions, self.job_id)
        return b"".join(export.open_contacts(self.sessions, self.user_id, self.job_id).chunks)

    def expected_contacts(self) -> dict[str, list[str]]:
        """The contacts by a model: rows and decisions as they stand, and the rule in its plainest form."""
        with self.sessions() as session:
            rows = session.execute(
                text("SELECT * FROM current_rows WHERE job_id = :job ORDER BY row_number"),
                {"job": self.job_id},
            ).all()
            decided: dict[str, int] = dict(
                session.execute(
                    text(
                        "SELECT key, resolution_id FROM issues"
                        " WHERE job_id = :job AND type = 'DUPLICATE_EMAIL' AND status = 'RESOLVED'"
                    ),
                    {"job": self.job_id},
                ).all()
            )
            log = {entry.id: entry for entry in session.scalars(select(IssueResolution))}
        contacts: dict[str, list[str]] = {}
        for row in rows:
            if not row.is_valid:
                continue
            email = row.normalized_email
            decision = log[decided[email]] if email in decided else None
            if decision is None or decision.caused_by is not None:
                contacts.setdefault(email, row.data_json)
            elif decision.action == "merge":
                contacts[email] = decision.values_json or []
            elif decision.row_number == row.row_number:
                contacts[email] = row.data_json
        return {
            email: [email, *(cell.strip() for cell in cells[1:4]), cells[4]]
            for email, cells in contacts.items()
        }

    def check_provenance(self) -> None:
        """Every contact names the rows that have its e-mail, and of every value one that says it."""
        with self.sessions() as session:
            emails_of = session.execute(
                text("SELECT email FROM final_contacts WHERE job_id = :job"), {"job": self.job_id}
            )
            made = list(emails_of.scalars())
        expected = self.expected_contacts()
        for email in made:
            if email in expected:
                self.check_contact(email, expected[email])
            else:
                with pytest.raises(NotFound):
                    provenance.of_contact(self.sessions, self.user_id, self.job_id, email)

    def check_contact(self, email: str, expected: list[str]) -> None:
        found = provenance.of_contact(self.sessions, self.user_id, self.job_id, email)
        assert [value.value for value in found.values] == expected
        with self.sessions() as session:
            numbers = session.scalars(
                text(
                    "SELECT row_number FROM current_rows"
                    " WHERE job_id = :job AND is_valid AND normalized_email = :email ORDER BY row_number"
                ),
                {"job": self.job_id, "email": email},
            ).all()
            received = {
                number: session.get_one(RawRow, (self.job_id, number)).data_json for number in numbers
            }
            log = {entry.id: entry for entry in session.scalars(select(IssueResolution))}
        assert sorted(row.row_number for row in found.rows) == list(numbers)
        assert set().union(*(value.row_numbers for value in found.values)) <= set(numbers)
        for column, value in enumerate(found.values):
            if value.decision is None:
                (number,) = value.row_numbers
                said = squared(received[number], len(HEADER))[column]
            else:
                said = (log[value.decision.id].values_json or [])[column]
            assert (emails.normalize(said) if column == 0 else said.strip()) == value.value.strip()


def storable(cells: list[str]) -> bool:
    return not any("\0" in cell for cell in cells)


@pytest.fixture
def start(
    sessions: Sessions, bucket: Bucket, user_id: int, processed: Submit
) -> Callable[[list[list[str]], st.DataObject], Run]:
    def start(rows: list[list[str]], data: st.DataObject) -> Run:
        content = io.StringIO()
        csv.writer(content).writerows([HEADER, *rows])
        # Not as it is found to be: what columns hold here is of no likeness to contacts.
        job_id = processed(content.getvalue().encode(), options=OPTIONS)
        return Run(sessions, bucket, user_id, job_id, data)

    return start


any_run = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


@any_run
@given(rows=files, data=st.data())
def test_the_books_balance(
    start: Callable[[list[list[str]], st.DataObject], Run], rows: list[list[str]], data: st.DataObject
) -> None:
    run = start(rows, data)
    run.check_counters()
    run.check_outcomes()
    run.settle_everything()
    previewed = run.check_outcomes()
    exported = list(csv.reader(io.StringIO(run.finalize().decode())))

    balance = finalization.result(run.sessions, run.user_id, run.job_id)
    assert balance == previewed == run.check_outcomes()
    assert balance.total_rows == sum(map(is_record, rows))
    assert balance.total_rows == sum(
        (balance.contacts, balance.left_out, balance.duplicates, balance.collapsed)
    )
    emails = [row[0] for row in exported[1:]]
    assert emails == sorted(set(emails))
    assert len(emails) == balance.contacts
    assert {row[0]: row for row in exported[1:]} == run.expected_contacts()
    assert run.undecided_blanks() == []
    with run.sessions() as session:
        assert not session.execute(
            text(
                "SELECT 1 FROM final_contacts JOIN row_edits USING (job_id, row_number)"
                " WHERE job_id = :job AND is_skipped"
            ),
            {"job": run.job_id},
        ).all()


@any_run
@given(rows=files, data=st.data())
def test_processing_twice_gives_identical_tables(
    start: Callable[[list[list[str]], st.DataObject], Run], rows: list[list[str]], data: st.DataObject
) -> None:
    run = start(rows, data)
    once = run.tables()
    run.process_again()
    assert run.tables() == once


@any_run
@given(rows=files, data=st.data())
def test_finalizing_twice_gives_identical_contacts(
    start: Callable[[list[list[str]], st.DataObject], Run], rows: list[list[str]], data: st.DataObject
) -> None:
    run = start(rows, data)
    run.settle_everything()
    exported, once = run.finalize(), run.tables()
    run.set_status(JobStatus.FINALIZING)
    finalization.finalize(run.sessions, run.job_id)
    assert run.finalize() == exported
    assert run.tables() == once


@any_run
@given(rows=files, data=st.data())
def test_decisions_undone_newest_first_leave_no_trace(
    start: Callable[[list[list[str]], st.DataObject], Run], rows: list[list[str]], data: st.DataObject
) -> None:
    run = start(rows, data)
    run.set_status(JobStatus.NEEDS_REVIEW)  # also where nothing is open
    made: list[tuple[int, Tables]] = []
    for _ in range(8):
        if made and data.draw(st.integers(0, 3), label="undo?") == 0:
            decision, before = made.pop()
            run.undo(decision)
            assert run.tables() == before
        before = run.tables()
        if (decided := run.decide_once()) is not None:
            made.append((decided, before))
    for decision, before in reversed(made):
        run.undo(decision)
        assert run.tables() == before


@any_run
@given(rows=files, data=st.data())
def test_decisions_undone_in_any_order_leave_no_trace(
    start: Callable[[list[list[str]], st.DataObject], Run], rows: list[list[str]], data: st.DataObject
) -> None:
    run = start(rows, data)
    run.set_status(JobStatus.NEEDS_REVIEW)
    before = run.tables()
    made = [decision for _ in range(6) if (decision := run.decide_once()) is not None]
    while made:
        decision = data.draw(st.sampled_from(made), label="undo")
        while (later := run.standing_in_the_way(decision)) is not None:
            assert later > decision
            assert later in made
            decision = later
        made.remove(decision)
    assert run.tables() == before


@settings(any_run, max_examples=25)
@given(rows=files, data=st.data())
def test_every_value_of_every_contact_has_a_source(
    start: Callable[[list[list[str]], st.DataObject], Run], rows: list[list[str]], data: st.DataObject
) -> None:
    run = start(rows, data)
    run.settle_everything()
    run.finalize()
    run.check_provenance()
    run.set_status(JobStatus.NEEDS_REVIEW)
    for _ in range(4):
        standing = run.standing()
        undo = data.draw(st.integers(0, 1), label="undo?")
        if undo and standing:
            run.standing_in_the_way(data.draw(st.sampled_from(standing), label="undo"))
        else:
            run.decide_once()
        run.check_provenance()
