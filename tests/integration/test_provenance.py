"""Where contacts come from, on a real database: rows, decisions, and who else lost to them."""

import runpy
from collections.abc import Callable

import pytest
from sqlalchemy import text

from db.engine import Sessions
from ingestion import bulk, deciding, export, provenance, undoing
from ingestion.bulk import Request
from ingestion.errors import NotFound
from ingestion.provenance import Provenance, Value
from ingestion.rules.bulk import BulkAnswer
from ingestion.rules.issues import Action, IssueType
from ingestion.rules.lifecycle import JobStatus
from tests.conftest import ROOT, Submit, add_user
from tests.integration.desk import DUPLICATES, HEADER, Desk
from tests.tables import tables_of


@pytest.fixture
def desk(sessions: Sessions, user_id: int, processed: Submit) -> Callable[[str], Desk]:
    return lambda rows: Desk(sessions, user_id, processed((HEADER + rows).encode()))


def of(at: Desk, email: str) -> Provenance:
    return provenance.of_contact(at.sessions, at.user_id, at.job_id, email)


def field(found: Provenance, column: str) -> Value:
    return next(value for value in found.values if value.column == column)


def rows_of(found: Provenance) -> list[int]:
    return [row.row_number for row in found.rows]


def actions_of(found: Provenance) -> list[Action]:
    return [decision.action for decision in found.decisions]


def last_decision(at: Desk, email: str) -> int:
    return of(at, email).decisions[0].id


def test_a_contact_of_a_clean_row_is_as_received(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,Acme,1\nbo@x.com,Bo,Li,Hooli,2\n")
    found = of(at, "bo@x.com")
    assert [value.value for value in found.values] == ["bo@x.com", "Bo", "Li", "Hooli", "2"]
    assert {value.row_numbers for value in found.values} == {(3,)}
    assert {value.decision for value in found.values} == {None}
    assert not any(value.is_cleaned for value in found.values)
    assert (found.settled, found.others, rows_of(found), found.decisions) == (None, 0, [3], ())


def test_what_was_cleaned_says_what_stood_there(desk: Callable[[str], Desk]) -> None:
    found = of(desk(" ANA@x.com, Ana\u00a0,Sil\u200bva,Acme, 1\n"), "ana@x.com")
    assert {value.column: (value.value, value.cell) for value in found.values if value.is_cleaned} == {
        "email": ("ana@x.com", " ANA@x.com"),
        "first_name": ("Ana", " Ana\u00a0"),
        "last_name": ("Silva", "Sil\u200bva"),
    }
    assert field(found, "phone").value == " 1"


def test_a_chosen_row_names_who_chose_it_and_the_rows_that_lost(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    at.finalize()
    found = of(at, "ana@x.com")
    assert found.settled is not None
    assert (found.settled.action, found.settled.by[:6]) == (Action.CHOOSE, "Ana No")
    assert (found.row_number, found.is_merged, rows_of(found), found.others) == (3, False, [3, 2], 1)
    assert field(found, "company") == Value("company", "Globex", "Globex", (3,), None)
    assert field(found, "email").cell == "ANA@x.com"
    assert actions_of(found) == [Action.CHOOSE]
    assert actions_of(of(at, "bo@x.com")) == []


def test_a_merged_value_names_the_rows_in_which_it_stands_or_that_it_was_typed(
    desk: Callable[[str], Desk],
) -> None:
    at = desk("ana@x.com,Ana,Silva,Acme,1\nANA@x.com, Ana ,Silva,Globex,2\n")
    seen = at.see(IssueType.DUPLICATE_EMAIL)
    deciding.merge(at.sessions, seen, cells=["ana@x.com", "Ana", "Silva", "Acme & Globex", "2"])
    at.finalize()
    found = of(at, "ana@x.com")
    assert found.is_merged
    assert {value.column: value.row_numbers for value in found.values} == {
        "email": (2, 3),
        "first_name": (2, 3),
        "last_name": (2, 3),
        "company": (),
        "phone": (3,),
    }
    assert [value.decision for value in found.values] == [found.settled] * 5
    assert rows_of(found) == [2, 3]


def test_a_merged_value_is_looked_for_in_rows_as_they_read_then(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,Acme,1\nana@x.com,Ana,,Globex,2\n")
    edited = at.see(IssueType.MISSING_LAST_NAME)
    deciding.edit(at.sessions, edited, cells=["ana@x.com", "Ana", "Sousa", "Globex", "2"])
    seen = at.see(IssueType.DUPLICATE_EMAIL)
    deciding.merge(at.sessions, seen, cells=["ana@x.com", "Ana", "Sousa", "Acme", "1"])
    at.finalize()
    found = of(at, "ana@x.com")
    assert field(found, "last_name").row_numbers == (3,)
    assert actions_of(found) == [Action.MERGE, Action.EDIT]


def test_only_what_a_correction_changed_is_by_it(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,,Silva,,1\n")
    deciding.edit(
        at.sessions, at.see(IssueType.MISSING_COMPANY), cells=["ana@x.com", "", "Silva", " Acme ", "1"]
    )
    deciding.edit(
        at.sessions, at.see(IssueType.MISSING_FIRST_NAME), cells=["ana@x.com", "Ana", "Silva", " Acme ", "1"]
    )
    at.finalize()
    found = of(at, "ana@x.com")
    assert [None if value.decision is None else value.decision.id for value in found.values] == [
        None,
        2,
        None,
        1,
        None,
    ]
    assert (field(found, "company").value, field(found, "company").cell) == ("Acme", " Acme ")
    assert [decision.id for decision in found.decisions] == [2, 1]


def test_an_accepted_broken_row_is_as_received_and_its_acceptance_is_told(
    desk: Callable[[str], Desk],
) -> None:
    at = desk("ana@x.com,Ana,Silva\n")
    deciding.accept(at.sessions, at.see(IssueType.MALFORMED_ROW))
    at.finalize()
    found = of(at, "ana@x.com")
    assert {value.decision for value in found.values} == {None}
    assert actions_of(found) == [Action.ACCEPT]


def test_rows_that_collapsed_unasked_are_listed(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,Acme,1\nbo@x.com,Bo,Li,Hooli,2\nANA@x.com,ANA,Silva,acme,3\n")
    found = of(at, "ana@x.com")
    assert (found.settled, rows_of(found), found.others) == (None, [2, 4], 1)
    assert found.rows[1].cells == ("ANA@x.com", "ANA", "Silva", "acme", "3")
    assert of(at, "bo@x.com").others == 0


def test_a_row_that_came_to_an_email_by_a_correction_is_listed_and_so_is_who_had_it(
    desk: Callable[[str], Desk],
) -> None:
    at = desk("bad,Ana,Silva,Acme,1\nana@x.com,Ana,Silva,Acme,2\nworse,Ana,Silva,Acme,3\n")
    for row in (2, 4):
        seen = at.see(IssueType.INVALID_EMAIL_FORMAT, row)
        deciding.edit(at.sessions, seen, cells=["ana@x.com", "Ana", "Silva", "Acme", "9"])
    at.finalize()
    found = of(at, "ana@x.com")
    assert (found.row_number, rows_of(found)) == (2, [2, 3, 4])
    assert [field(found, name).decision is None for name in ("email", "company", "phone")] == [
        False,
        True,
        False,
    ]


def test_a_row_left_out_is_not_listed(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nana@x.com,Ana,Silva,Globex,2\n")
    deciding.skip(at.sessions, at.see(IssueType.MISSING_COMPANY))
    at.finalize()
    found = of(at, "ana@x.com")
    assert (found.settled, rows_of(found)) == (None, [3])
    assert actions_of(found) == [Action.SKIP]  # it ended the question about the e-mail


def test_of_many_rows_some_are_shown_and_the_others_counted(
    desk: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provenance, "_ROWS_AT_ONCE", 7)
    at = desk("".join(f"ana@x.com,Ana,{'' if n < 23 else 'Silva'},Acme,{n}\n" for n in range(30)))
    carry_out(at, Request(BulkAnswer.FILL_BLANKS))
    at.finalize()
    found = of(at, "ana@x.com")
    assert (len(found.rows), found.others, rows_of(found)[-1]) == (21, 29, 22)
    assert field(found, "last_name").row_numbers[0] == 25
    assert field(found, "phone").row_numbers == (2,)


def carry_out(at: Desk, request: Request) -> None:
    bulk.carry_out(at.sessions, at.user_id, at.job_id, request)


def test_one_answer_to_many_is_named_as_such(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nbo@x.com,Bo,Li,,2\ncy@x.com,Cy,Ng,A,3\ncy@x.com,Cy,Ng,B,4\n")
    carry_out(at, Request(BulkAnswer.SET_VALUE, (IssueType.MISSING_COMPANY,), value="Acme"))
    carry_out(at, Request(BulkAnswer.KEEP_LAST))
    at.finalize()
    by = field(of(at, "bo@x.com"), "company").decision
    assert by is not None
    assert (by.answer, by.issues) == (BulkAnswer.SET_VALUE, {IssueType.MISSING_COMPANY: 2})
    assert of(at, "bo@x.com").decisions == (by,)
    chosen = of(at, "cy@x.com")
    assert chosen.settled is not None
    assert (chosen.settled.answer, rows_of(chosen)) == (BulkAnswer.KEEP_LAST, [5, 4])


def test_after_an_undo_it_tells_what_the_contact_would_be_made_of_now(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    at.finalize()
    undoing.undo(at.sessions, at.user_id, at.job_id, last_decision(at, "ana@x.com"))
    assert at.upload().status is JobStatus.NEEDS_REVIEW
    found = of(at, "ana@x.com")
    assert (found.settled, found.row_number, rows_of(found)) == (None, 2, [2, 3])
    assert actions_of(found) == [Action.UNDO, Action.CHOOSE]
    assert found.decisions[1].undone_by is not None

    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=2)
    at.finalize()
    found = of(at, "ana@x.com")
    assert found.settled is not None
    assert field(found, "company").value == "Acme"
    assert actions_of(found) == [Action.CHOOSE, Action.UNDO, Action.CHOOSE]


def test_an_undone_answer_to_many_put_nothing_there(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nbo@x.com,Bo,Li,,2\n")
    carry_out(at, Request(BulkAnswer.SET_VALUE, value="Acme", types=(IssueType.MISSING_COMPANY,)))
    at.finalize()
    undoing.undo(at.sessions, at.user_id, at.job_id, last_decision(at, "bo@x.com"))
    carry_out(at, Request(BulkAnswer.ACCEPT))
    at.finalize()
    found = of(at, "bo@x.com")
    assert (field(found, "company").value, field(found, "company").decision) == ("", None)
    assert actions_of(found) == [Action.ACCEPT, Action.UNDO, Action.EDIT]


def test_an_email_that_an_undo_gave_back_is_found_though_no_decision_is_about_it(
    desk: Callable[[str], Desk],
) -> None:
    at = desk("ana@x.com,Ana,,Acme,1\nbad,Bo,Li,Acme,2\n")
    moved = at.see(IssueType.MISSING_LAST_NAME)
    deciding.edit(at.sessions, moved, cells=["other@x.com", "Ana", "Silva", "Acme", "1"])
    joined = at.see(IssueType.INVALID_EMAIL_FORMAT)
    deciding.edit(at.sessions, joined, cells=["ana@x.com", "Bo", "Li", "Acme", "2"])
    at.finalize()
    assert rows_of(of(at, "ana@x.com")) == [3]
    for decision in (2, 1):
        undoing.undo(at.sessions, at.user_id, at.job_id, decision)
    assert rows_of(of(at, "ana@x.com")) == [2]
    with pytest.raises(NotFound, match="any more"):
        of(at, "other@x.com")


def test_somebody_elses_contact_and_none_at_all_are_not_found(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,Acme,1\n")
    with pytest.raises(NotFound):
        provenance.of_contact(at.sessions, add_user(at.sessions), at.job_id, "ana@x.com")
    with pytest.raises(NotFound):
        of(at, "bo@x.com")


def test_contacts_of_other_uploads_are_apart(desk: Callable[[str], Desk]) -> None:
    first, second = desk("ana@x.com,A,B,C,1\nana@x.com,A,B,C,2\n"), desk("ana@x.com,A,B,C,3\n")
    assert [of(at, "ana@x.com").others for at in (first, second)] == [1, 0]
    (contact,) = export.page(second.sessions, second.user_id, second.job_id, limit=9)
    assert field(of(second, "ana@x.com"), "phone").value == contact.others[0]


def test_a_migration_finds_what_loading_would_have_noted(desk: Callable[[str], Desk]) -> None:
    at = desk(
        "ana@x.com,A,B,C,1\nana@x.com,A,B,C,2\nbo@x.com,B,C,D,3\nbo@x.com,B,C,E,4\n"
        "cy@x.com,C,,E,5\ncy@x.com,C,,E,6\ndee@x.com,D,E,F,7\nbad,D,E,F,8\nbad,D,E,F,9\n"
    )
    edited = at.see(IssueType.MISSING_LAST_NAME, 6)
    deciding.edit(at.sessions, edited, cells=["cy@x.com", "C", "Ng", "E", "5"])
    assert (IssueType.DUPLICATE_EMAIL, 6) in at.kinds()  # asked about since
    noted = tables_of(at.sessions, at.job_id)["issue_rows"]
    assert [row for row in noted if row[0] != "bo@x.com"] == [
        *(("ana@x.com", 2), ("ana@x.com", 3), ("cy@x.com", 6), ("cy@x.com", 7)),
    ]

    migration = runpy.run_path(str(ROOT / "db/migrations/versions/0008_repeats.py"))
    with at.sessions.begin() as session:
        session.execute(text("DELETE FROM issue_rows WHERE email <> 'bo@x.com'"))
        session.execute(text(migration["FILL"]))
    assert tables_of(at.sessions, at.job_id)["issue_rows"] == noted
