"""One answer to many issues: as the single answers would be, told before, and undone as one."""

import csv
import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from db.engine import Sessions
from db.models import IssueResolution
from ingestion import bulk, bulk_plan, cases, deciding, history, undoing
from ingestion.bulk import Request
from ingestion.csv_file.options import ParseOptions
from ingestion.deciding import Seen
from ingestion.errors import Conflict, InvalidDecision
from ingestion.rules.bulk import ACTION, FIELD, BulkAnswer, answers_to, survivor
from ingestion.rules.issues import Action, IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.validation import ContactColumns
from tests.conftest import Submit
from tests.integration.desk import HEADER, Desk
from tests.tables import tables_of

GROUPS = (
    "ana@x.com,Ana,Silva,,1\nana@x.com,Ana,Sousa,Acme,\nana@x.com,Ana,Sousa,Acme,3\n"
    "bo@x.com,Bo,Li,Hooli,\nbo@x.com,Bo,Lee,Hooli,5\ncy@x.com,Cy,Ng,Initech,6\n"
)


@pytest.fixture
def desk(sessions: Sessions, user_id: int, processed: Submit) -> Callable[[str], Desk]:
    return lambda rows: Desk(sessions, user_id, processed((HEADER + rows).encode()))


def carry_out(at: Desk, request: Request) -> bulk.Outcome:
    expected = bulk.preview(at.sessions, at.user_id, at.job_id, request)
    done = bulk.carry_out(at.sessions, at.user_id, at.job_id, request, expected=expected.decided.total())
    assert done == expected
    return done


@pytest.mark.parametrize(
    ("answer", "ana", "bo"),
    [
        (BulkAnswer.KEEP_FIRST, "Silva,,1", "Li,Hooli,"),
        (BulkAnswer.KEEP_LAST, "Sousa,Acme,3", "Lee,Hooli,5"),
        (BulkAnswer.KEEP_MOST_COMPLETE, "Sousa,Acme,3", "Lee,Hooli,5"),
        (BulkAnswer.FILL_BLANKS, "Silva,Acme,1", "Li,Hooli,5"),
    ],
)
def test_groups_are_settled_by_one_answer(
    desk: Callable[[str], Desk], answer: BulkAnswer, ana: str, bo: str
) -> None:
    at = desk(GROUPS)
    before = tables_of(at.sessions, at.job_id)
    done = carry_out(at, Request(answer))
    assert (done.decided, done.rows) == ({IssueType.DUPLICATE_EMAIL: 2}, 3)
    if answer is BulkAnswer.KEEP_FIRST:  # its blank company is still to be decided
        deciding.accept(at.sessions, at.see(IssueType.MISSING_COMPANY))
    assert at.finalize().splitlines()[1:] == [
        f"ana@x.com,Ana,{ana}",
        f"bo@x.com,Bo,{bo}",
        "cy@x.com,Cy,Ng,Initech,6",
    ]
    if answer is BulkAnswer.KEEP_FIRST:
        undoing.undo(at.sessions, at.user_id, at.job_id, newest(at))
    undoing.undo(at.sessions, at.user_id, at.job_id, 1)
    after = tables_of(at.sessions, at.job_id)
    assert {name: rows for name, rows in after.items() if name != "final_contacts"} == {
        name: rows for name, rows in before.items() if name != "final_contacts"
    }


def newest(at: Desk) -> int:
    with at.sessions() as session:
        found = session.scalars(select(IssueResolution.id).order_by(IssueResolution.id.desc()))
        return found.first() or 0


def test_an_example_shows_the_rows_and_what_is_kept(desk: Callable[[str], Desk]) -> None:
    at = desk(GROUPS)
    first, _ = bulk.preview(at.sessions, at.user_id, at.job_id, Request(BulkAnswer.FILL_BLANKS)).examples
    assert (first.type, first.subject, first.row_numbers) == (
        IssueType.DUPLICATE_EMAIL,
        "ana@x.com",
        (2, 3, 4),
    )
    assert first.before[1] == ("ana@x.com", "Ana", "Sousa", "Acme", "")
    assert first.after == ("ana@x.com", "Ana", "Silva", "Acme", "1")


def test_all_blanks_of_a_field_are_accepted_and_no_others(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nbo@x.com,Bo,,,2\ncy@x.com,,Ng,,3\n")
    done = carry_out(at, Request(BulkAnswer.ACCEPT, (IssueType.MISSING_COMPANY,)))
    assert (done.decided.total(), done.rows) == (3, 0)
    assert at.kinds() == [(IssueType.MISSING_LAST_NAME, 3), (IssueType.MISSING_FIRST_NAME, 4)]


def test_one_value_is_set_for_a_field(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nbo@x.com,Bo,Li,,2\ncy@x.com,Cy,Ng,Hooli,3\n")
    done = carry_out(at, Request(BulkAnswer.SET_VALUE, (IssueType.MISSING_COMPANY,), value="Acme"))
    assert (done.decided.total(), done.rows) == (2, 2)
    assert [line.split(",")[3] for line in at.finalize().splitlines()[1:]] == ["Acme", "Acme", "Hooli"]


def test_a_value_that_a_rule_refuses_leaves_its_issues_open_and_is_counted(
    desk: Callable[[str], Desk],
) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nbo@x.com,Bo,Li,,2\n")
    request = Request(BulkAnswer.SET_VALUE, (IssueType.MISSING_COMPANY,), value="  ")
    told = bulk.preview(at.sessions, at.user_id, at.job_id, request)
    assert (told.decided.total(), list(told.refused.values())) == (0, [2])
    with pytest.raises(InvalidDecision, match="no open issue"):
        bulk.carry_out(at.sessions, at.user_id, at.job_id, request)
    assert len(at.kinds()) == 2


def test_a_long_value_is_not_set_in_many_rows(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nbo@x.com,Bo,Li,,2\n")

    for ask in (bulk.preview, bulk.carry_out):
        too_long = Request(BulkAnswer.SET_VALUE, (IssueType.MISSING_COMPANY,), value="x" * 2_001)
        with pytest.raises(InvalidDecision, match=r"2,001 characters; at most 2,000 .* Shorten it"):
            ask(at.sessions, at.user_id, at.job_id, too_long)

    assert len(at.kinds()) == 2
    assert carry_out(at, replace(too_long, value="x" * 2_000)).rows == 2


def test_leaving_all_out_counts_every_row_once(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nana@x.com,,Silva,Globex,2\nbad,,,Hooli,3\nbo@x.com,Bo,Li,Acme,4\n")
    done = carry_out(at, Request(BulkAnswer.SKIP))
    assert done.rows == 3
    assert at.kinds() == []
    assert at.finalize() == HEADER + "bo@x.com,Bo,Li,Acme,4\n"


def test_a_search_and_a_selection_say_which_issues(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nbo@x.com,Bo,Silva,,2\ncy@x.com,Cy,Ng,,3\n")
    carry_out(at, Request(BulkAnswer.ACCEPT, search="silva"))
    assert at.kinds() == [(IssueType.MISSING_COMPANY, 4)]
    ids = tuple(issue.id for issue in at.issues())
    with pytest.raises(InvalidDecision):
        bulk.carry_out(
            at.sessions, at.user_id, at.job_id, Request(BulkAnswer.ACCEPT, issue_ids=(ids[0] + 99,))
        )
    carry_out(at, Request(BulkAnswer.ACCEPT, issue_ids=ids))
    assert at.kinds() == []


def test_what_changed_since_it_was_shown_is_shown_again(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nbo@x.com,Bo,Li,,2\n")
    deciding.accept(at.sessions, at.see(IssueType.MISSING_COMPANY, 2))
    with pytest.raises(Conflict, match="would decide 1 now, not 2"):
        bulk.carry_out(at.sessions, at.user_id, at.job_id, Request(BulkAnswer.ACCEPT), expected=2)
    assert at.kinds() == [(IssueType.MISSING_COMPANY, 3)]


def test_the_history_has_it_as_one_entry_found_by_any_of_its_rows(desk: Callable[[str], Desk]) -> None:
    at = desk(GROUPS)
    deciding.accept(at.sessions, at.see(IssueType.MISSING_COMPANY))
    carry_out(at, Request(BulkAnswer.KEEP_LAST))
    bulk_one, single = history.listed(at.sessions, at.user_id, at.job_id)
    assert (bulk_one.answer, bulk_one.issues) == (BulkAnswer.KEEP_LAST, {IssueType.DUPLICATE_EMAIL: 2})
    assert (single.answer, single.subject) == (None, "row 2")

    def found(**which: object) -> list[history.Decided]:
        return history.listed(at.sessions, at.user_id, at.job_id, history.Filter(**which))  # type: ignore[arg-type]

    assert found(search="BO@x") == [bulk_one]
    assert found(search="2") == [single]
    assert found(action="accept") == [single]
    assert found(decided_by=at.user_id) == [bulk_one, single]
    assert found(decided_by=at.user_id + 1) == found(search="nobody") == []
    assert history.listed(at.sessions, at.user_id, at.job_id, before=bulk_one.id) == [single]


HEADERS = ["email", "first_name", "last_name", "company", "phone"]
any_row = st.tuples(
    st.sampled_from(["a@x.com", "b@x.com", "c@x.com", "", "bad"]),
    st.sampled_from(["Ana", "ANA", "Bo", ""]),
    st.sampled_from(["Silva", ""]),
    st.sampled_from(["Acme", "Hooli", ""]),
    st.sampled_from(["1", ""]),
).map(list)
any_rows = st.lists(
    st.one_of(any_row, any_row, any_row, any_row.map(lambda row: row[:4])), min_size=1, max_size=12
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=any_rows.filter(lambda rows: any(any(row) for row in rows)), answer=st.sampled_from(BulkAnswer))
def test_one_answer_is_as_good_as_many(
    sessions: Sessions, user_id: int, processed: Submit, rows: list[list[str]], answer: BulkAnswer
) -> None:
    content = io.StringIO()
    csv.writer(content).writerows([HEADERS, *rows])
    options = ParseOptions(ContactColumns(0, 1, 2, 3))
    at_once, one_by_one = (
        Desk(sessions, user_id, processed(content.getvalue().encode(), options=options)) for _ in range(2)
    )
    for at in (at_once, one_by_one):
        with sessions.begin() as session:
            session.execute(text("UPDATE jobs SET status = 'NEEDS_REVIEW' WHERE id = :j"), {"j": at.job_id})
    before = tables_of(sessions, at_once.job_id)
    for kind in sorted(answers_to(answer)):  # a value is for one field
        request = Request(answer, (kind,), value="Typed")
        told = bulk.preview(sessions, user_id, at_once.job_id, request)
        if told.decided:
            assert bulk.carry_out(sessions, user_id, at_once.job_id, request) == told
        decide_one_by_one(one_by_one, answer, kind)
        assert open_and_read(at_once) == open_and_read(one_by_one)
    undo_everything(at_once)
    assert tables_of(sessions, at_once.job_id) == before


def open_and_read(at: Desk) -> object:
    """What is open and how rows read. A group that is none at the end may have been one in between."""
    tables = tables_of(at.sessions, at.job_id)
    is_open = [issue for issue in tables["issues"] if issue[-1] == "OPEN"]
    groups = {issue[1] for issue in is_open}
    members = [member for member in tables["issue_rows"] if member[0] in groups]
    return is_open, members, tables["row_edits"], tables["jobs"]


def decide_one_by_one(at: Desk, answer: BulkAnswer, kind: IssueType) -> None:
    for issue in [issue for issue in at.issues() if issue.type is kind]:
        case = cases.get(at.sessions, at.user_id, at.job_id, issue.id)
        if case.is_open:  # not settled by an earlier one
            with suppress(InvalidDecision):
                decide(at.sessions, Seen(at.user_id, at.job_id, issue.id, case.version), case, answer)


def decide(sessions: Sessions, seen: Seen, case: cases.Case, answer: BulkAnswer) -> None:
    match ACTION[answer]:
        case Action.CHOOSE:
            rows = [candidate.cells for candidate in case.candidates]
            place = survivor(answer, len(rows), rows).place
            deciding.choose(sessions, seen, row_number=case.candidates[place].row_number)
        case Action.MERGE:
            deciding.merge(sessions, seen, cells=case.suggested_merge())
        case Action.ACCEPT:
            deciding.accept(sessions, seen)
        case Action.SKIP:
            deciding.skip(sessions, seen)
        case Action.EDIT:
            cells = list(case.candidates[0].cells)
            cells[HEADERS.index(FIELD[case.type])] = "Typed"
            deciding.edit(sessions, seen, cells=cells)


def undo_everything(at: Desk) -> None:
    with at.sessions() as session:
        roots = select(IssueResolution).where(
            IssueResolution.job_id == at.job_id, IssueResolution.caused_by.is_(None)
        )
        entries = session.scalars(roots.order_by(IssueResolution.id.desc())).all()
    for batch in dict.fromkeys(entry.batch_id for entry in entries):
        first = min(entry.id for entry in entries if entry.batch_id == batch)
        undoing.undo(at.sessions, at.user_id, at.job_id, first)
    assert JobStatus.NEEDS_REVIEW is at.upload().status


REPEATS = (
    "ana@x.com,Ana,Silva,Acme,\nANA@x.com,Ana,Silva,Acme,2\nana@x.com,ana,silva,acme,3\n"
    "bo@x.com,Bo,Li,Hooli,4\nbo@x.com,Bo,Li,Hooli,\ncy@x.com,Cy,Ng,Initech,6\n"
)


def test_blanks_are_filled_from_rows_that_collapsed_unasked(desk: Callable[[str], Desk]) -> None:
    at = desk(REPEATS)
    assert at.upload().status is JobStatus.COMPLETED
    before = tables_of(at.sessions, at.job_id)
    done = carry_out(at, Request(BulkAnswer.FILL_REPEATS))
    assert (done.decided, done.rows) == ({IssueType.DUPLICATE_EMAIL: 1}, 2)
    (example,) = done.examples
    assert example.after == ("ana@x.com", "Ana", "Silva", "Acme", "2")
    assert at.finalize().splitlines()[1:3] == ["ana@x.com,Ana,Silva,Acme,2", "bo@x.com,Bo,Li,Hooli,4"]

    undoing.undo(at.sessions, at.user_id, at.job_id, newest(at))
    at.finalize()
    assert tables_of(at.sessions, at.job_id) == before


def test_what_repeats_fill_is_undone_where_other_issues_stay_open(desk: Callable[[str], Desk]) -> None:
    at = desk(REPEATS + "di@x.com,Di,,Umbrella,7\n")
    before = tables_of(at.sessions, at.job_id)
    carry_out(at, Request(BulkAnswer.FILL_REPEATS))
    assert at.upload().open_issues == 1
    undoing.undo(at.sessions, at.user_id, at.job_id, newest(at))
    assert tables_of(at.sessions, at.job_id) == before


def test_where_no_repeat_adds_anything_nothing_is_decided(desk: Callable[[str], Desk]) -> None:
    at = desk("bo@x.com,Bo,Li,Hooli,4\nbo@x.com,Bo,Li,Hooli,\n")
    with pytest.raises(InvalidDecision, match="No repeat has a value"):
        bulk.carry_out(at.sessions, at.user_id, at.job_id, Request(BulkAnswer.FILL_REPEATS))
    assert at.upload().status is JobStatus.COMPLETED


@pytest.mark.parametrize("answer", [BulkAnswer.SKIP, BulkAnswer.SET_VALUE])
def test_what_decisions_made_as_one_change_twice_is_undone_to_what_it_was_first(
    desk: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch, answer: BulkAnswer
) -> None:
    monkeypatch.setattr(bulk_plan, "_ISSUES_AT_ONCE", 1)
    at = desk("".join(f"ana@x.com,Ana,Silva,,{number}\n" for number in range(3)) + GROUPS)
    before = tables_of(at.sessions, at.job_id)
    carry_out(at, Request(answer, (IssueType.MISSING_COMPANY,), value="Acme"))
    (decision,) = history.listed(at.sessions, at.user_id, at.job_id)
    undoing.undo(at.sessions, at.user_id, at.job_id, decision.id)
    undo, _ = history.listed(at.sessions, at.user_id, at.job_id)
    assert (undo.subject, undo.answer, undo.issues) == ("", None, decision.issues)
    assert tables_of(at.sessions, at.job_id) == before
