"""Settling issues on a real database: what is stored, what follows, and what is refused."""

import io
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, event, select

from db.engine import Sessions
from db.models import IssueResolution
from ingestion import cases, deciding, export, finalization, history, review, uploads, viewing
from ingestion.csv_file.limits import LARGEST_CELL
from ingestion.deciding import Seen
from ingestion.errors import Conflict, InvalidDecision, NotFound
from ingestion.rules.issues import IssueType
from ingestion.rules.lifecycle import JobStatus
from tests.conftest import Submit, add_user
from tests.integration.desk import DUPLICATES, HEADER, Desk


@pytest.fixture
def desk(sessions: Sessions, user_id: int, processed: Submit) -> Callable[[str], Desk]:
    return lambda rows: Desk(sessions, user_id, processed((HEADER + rows).encode()))


def test_a_chosen_row_survives(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    assert at.upload().open_issues == 0
    assert at.finalize() == HEADER + "ana@x.com,Ana,Silva,Globex,2\nbo@x.com,Bo,Li,Hooli,3\n"
    assert finalization.result(at.sessions, at.user_id, at.job_id) == finalization.Balance(3, 2, 0, 1, 0)


def test_a_merged_record_survives_with_the_groups_email(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    seen = at.see(IssueType.DUPLICATE_EMAIL)
    deciding.merge(at.sessions, seen, cells=["typed@else.com", "Ana", "Silva", "Acme & Globex", "2"])
    assert at.finalize().splitlines()[1] == "ana@x.com,Ana,Silva,Acme & Globex,2"


def test_a_skipped_group_leaves_every_row_out(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    deciding.skip(at.sessions, at.see(IssueType.DUPLICATE_EMAIL))
    assert at.upload().valid_rows == 1
    assert at.finalize() == HEADER + "bo@x.com,Bo,Li,Hooli,3\n"
    assert finalization.result(at.sessions, at.user_id, at.job_id) == finalization.Balance(3, 1, 2, 0, 0)


def test_rows_of_one_identity_collapse_unasked_to_the_first(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,Acme,1\n ANA@X.com , ana ,SILVA,ａｃｍｅ,2\n")
    assert at.upload().status is JobStatus.COMPLETED
    assert finalization.result(at.sessions, at.user_id, at.job_id) == finalization.Balance(2, 1, 0, 0, 1)
    download = export.open_contacts(at.sessions, at.user_id, at.job_id)
    assert b"".join(download.chunks).decode() == HEADER + "ana@x.com,Ana,Silva,Acme,1\n"


def test_choosing_settles_what_is_open_about_the_rows_that_lost(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nana@x.com,,Silva,Globex,2\n")
    assert at.upload().open_issues == 3
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=2)
    assert at.kinds() == [(IssueType.MISSING_COMPANY, 2)]
    assert at.upload().open_issues == 1


def test_a_consequence_is_logged_under_the_decision_that_caused_it(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nana@x.com,,Silva,Globex,2\n")
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=2)
    with at.sessions() as session:
        decision, consequence = session.scalars(select(IssueResolution).order_by(IssueResolution.id))
    assert (decision.caused_by, decision.email, decision.row_number) == (None, "ana@x.com", 2)
    assert (consequence.caused_by, consequence.row_number) == (decision.id, 3)
    assert consequence.decided_by == at.user_id


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("", "missing"), ("   ", "missing"), ("nobody", "@"), ("a@x.com b@x.com", "2 addresses")],
)
def test_an_edit_with_a_bad_email_is_refused_and_nothing_stored(
    desk: Callable[[str], Desk], typed: str, reason: str
) -> None:
    at = desk("not an address,Ana,Silva,Acme,1\n")
    seen = at.see(IssueType.INVALID_EMAIL_FORMAT)
    cells = at.cells(seen)
    with pytest.raises(InvalidDecision, match=reason):
        deciding.edit(at.sessions, seen, cells=[typed, *cells[1:]])
    assert at.kinds() == [(IssueType.INVALID_EMAIL_FORMAT, 2)]
    assert at.cells(seen) == cells
    assert history.listed(at.sessions, at.user_id, at.job_id) == []


def test_an_edited_email_makes_the_row_valid(desk: Callable[[str], Desk]) -> None:
    at = desk(",Ana,Silva,Acme,1\n")
    seen = at.see(IssueType.MISSING_EMAIL)
    deciding.edit(at.sessions, seen, cells=[" Ana@X.com ", "Ana", "Silva", "Acme", "1"])
    assert at.upload().valid_rows == 1
    assert at.finalize() == HEADER + "ana@x.com,Ana,Silva,Acme,1\n"


def test_an_edit_that_joins_an_email_opens_a_group(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,Acme,1\n,Ana,Silva,Globex,2\n")
    seen = at.see(IssueType.MISSING_EMAIL)
    deciding.edit(at.sessions, seen, cells=["ana@x.com", "Ana", "Silva", "Globex", "2"])
    assert at.kinds() == [(IssueType.DUPLICATE_EMAIL, 2)]
    assert at.upload().open_issues == 1


def test_a_settled_group_that_a_row_joins_is_asked_about_again(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nana@x.com,Ana,Silva,Globex,2\n,Ana,Silva,Hooli,3\n")
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    assert at.kinds() == [(IssueType.MISSING_EMAIL, 4)]
    seen = at.see(IssueType.MISSING_EMAIL)
    deciding.edit(at.sessions, seen, cells=["ana@x.com", "Ana", "Silva", "Hooli", "3"])
    # Row 2 had lost, which had settled its blank company: both questions are back.
    assert at.kinds() == [(IssueType.MISSING_COMPANY, 2), (IssueType.DUPLICATE_EMAIL, 2)]
    case = cases.get(at.sessions, at.user_id, at.job_id, at.see(IssueType.DUPLICATE_EMAIL).issue_id)
    assert [candidate.row_number for candidate in case.candidates] == [2, 3, 4]
    assert at.upload().open_issues == 2


def test_an_edit_that_ends_a_conflict_settles_the_group(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,Acme,1\nana@x.com,Ana,Silva,,2\n")
    seen = at.see(IssueType.MISSING_COMPANY)
    deciding.edit(at.sessions, seen, cells=["ana@x.com", "Ana", "Silva", "ACME", "2"])
    assert at.kinds() == []
    assert at.finalize() == HEADER + "ana@x.com,Ana,Silva,Acme,1\n"
    assert finalization.result(at.sessions, at.user_id, at.job_id) == finalization.Balance(2, 1, 0, 0, 1)


def test_leaving_out_the_chosen_row_asks_again_while_others_differ(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nana@x.com,Ana,Silva,Globex,2\nana@x.com,Ana,Silva,Hooli,3\n")
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=2)
    deciding.skip(at.sessions, at.see(IssueType.MISSING_COMPANY, 2))
    assert at.kinds() == [(IssueType.DUPLICATE_EMAIL, 3)]


def test_leaving_out_the_chosen_row_lets_the_only_other_one_survive(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nana@x.com,Ana,Silva,Globex,2\n")
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=2)
    deciding.skip(at.sessions, at.see(IssueType.MISSING_COMPANY, 2))
    assert at.kinds() == []
    assert at.finalize() == HEADER + "ana@x.com,Ana,Silva,Globex,2\n"


def test_a_blank_that_had_lost_is_asked_about_when_its_row_survives_after_all(
    desk: Callable[[str], Desk],
) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nana@x.com,Ana,,Globex,2\n")
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    deciding.skip(at.sessions, at.see(IssueType.MISSING_LAST_NAME, 3))
    assert at.kinds() == [(IssueType.MISSING_COMPANY, 2)]
    assert at.upload().open_issues == 1


def test_two_corrections_of_one_row_do_not_overwrite_each_other(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,,Silva,,1\n")
    name, company = at.see(IssueType.MISSING_FIRST_NAME), at.see(IssueType.MISSING_COMPANY)
    deciding.edit(at.sessions, name, cells=["ana@x.com", "Ana", "Silva", "", "1"])
    with pytest.raises(Conflict, match="changed since you looked"):
        deciding.edit(at.sessions, company, cells=["ana@x.com", "", "Silva", "Acme", "1"])
    assert at.cells(company) == ["ana@x.com", "Ana", "Silva", "", "1"]


def test_a_large_group_is_settled_in_a_few_statements(desk: Callable[[str], Desk], engine: Engine) -> None:
    at = desk("".join(f"ana@x.com,Ana{n},Silva,,{n}\n" for n in range(300)))
    seen = at.see(IssueType.DUPLICATE_EMAIL)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *sent: statements.append(sent[2]))
    deciding.choose(at.sessions, seen, row_number=2)
    assert len(statements) < 20
    assert at.kinds() == [(IssueType.MISSING_COMPANY, 2)]


def test_accepting_keeps_a_field_blank(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,,Acme,1\n")
    deciding.accept(at.sessions, at.see(IssueType.MISSING_LAST_NAME))
    assert at.finalize() == HEADER + "ana@x.com,Ana,,Acme,1\n"


def test_a_value_larger_than_a_files_cell_is_neither_corrected_to_nor_merged(
    desk: Callable[[str], Desk],
) -> None:
    at = desk(DUPLICATES + "bo@x.com,Bo,,Acme,1\n")
    row, group = at.see(IssueType.MISSING_LAST_NAME), at.see(IssueType.DUPLICATE_EMAIL)
    before = at.kinds()
    for decide, seen in ((deciding.edit, row), (deciding.merge, group)):
        cells = [*at.cells(seen)[:2], "x" * (LARGEST_CELL + 1), "Acme", "1"]
        with pytest.raises(InvalidDecision, match=r"1,048,577 characters; at most 1,048,576 .* Shorten it"):
            decide(at.sessions, seen, cells=cells)
    assert at.kinds() == before


def test_a_blank_edit_of_a_blank_field_is_refused(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,,Acme,1\n")
    seen = at.see(IssueType.MISSING_LAST_NAME)
    with pytest.raises(InvalidDecision, match="last name is still blank"):
        deciding.edit(at.sessions, seen, cells=["ana@x.com", "Ana", " ", "Acme", "1"])


def test_skipping_a_row_settles_all_its_issues(desk: Callable[[str], Desk]) -> None:
    at = desk("bad,,,,\nbo@x.com,Bo,Li,Hooli,3\n")
    assert len(at.kinds()) == 4
    deciding.skip(at.sessions, at.see(IssueType.MISSING_COMPANY))
    assert at.kinds() == []
    assert at.finalize() == HEADER + "bo@x.com,Bo,Li,Hooli,3\n"


def test_a_broken_row_is_accepted_as_shown(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva\nbo@x.com,Bo,Li,Hooli,3,surplus\n")
    assert at.kinds() == [(IssueType.MALFORMED_ROW, 2), (IssueType.MALFORMED_ROW, 3)]
    deciding.accept(at.sessions, at.see(IssueType.MALFORMED_ROW, 2))
    deciding.accept(at.sessions, at.see(IssueType.MALFORMED_ROW, 3))
    assert at.finalize() == HEADER + "ana@x.com,Ana,Silva,,\nbo@x.com,Bo,Li,Hooli,3\n"


def test_a_broken_row_without_a_usable_email_is_not_accepted_as_shown(desk: Callable[[str], Desk]) -> None:
    at = desk("Ana,Silva\n")
    with pytest.raises(InvalidDecision, match="@"):
        deciding.accept(at.sessions, at.see(IssueType.MALFORMED_ROW))
    assert at.kinds() == [(IssueType.MALFORMED_ROW, 2)]


def test_whoever_is_late_is_told_who_decided_what(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    seen = at.see(IssueType.DUPLICATE_EMAIL)
    deciding.choose(at.sessions, seen, row_number=3)
    with pytest.raises(Conflict, match=r"Ana No\d+ was faster and chose row 3"):
        deciding.choose(at.sessions, seen, row_number=2)
    assert "Globex" in at.finalize()


def test_a_group_whose_rows_changed_since_it_was_seen_is_looked_at_again(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nana@x.com,Ana,Silva,Globex,2\n")
    seen = at.see(IssueType.DUPLICATE_EMAIL)
    row = at.see(IssueType.MISSING_COMPANY)
    deciding.edit(at.sessions, row, cells=["ana@x.com", "Ana", "Silva", "Hooli", "1"])
    with pytest.raises(Conflict, match="changed since you looked"):
        deciding.choose(at.sessions, seen, row_number=2)


@pytest.mark.parametrize("row_number", [1, 4, 99])
def test_only_a_row_of_the_group_can_be_chosen(desk: Callable[[str], Desk], row_number: int) -> None:
    at = desk(DUPLICATES)
    with pytest.raises(InvalidDecision, match="not one of this group"):
        deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=row_number)


def test_an_answer_that_does_not_fit_the_question_is_refused(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    with pytest.raises(InvalidDecision):
        deciding.accept(at.sessions, at.see(IssueType.DUPLICATE_EMAIL))


def test_an_upload_is_finalized_only_when_nothing_is_open(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    with pytest.raises(Conflict, match="1 issue is still open"):
        at.finalize()
    assert at.upload().status is JobStatus.NEEDS_REVIEW


def test_nothing_is_decided_after_finalizing(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    seen = at.see(IssueType.DUPLICATE_EMAIL)
    deciding.choose(at.sessions, seen, row_number=2)
    at.finalize()
    with pytest.raises(Conflict, match="not in review"):
        deciding.choose(at.sessions, seen, row_number=3)


def test_somebody_elses_upload_is_as_good_as_none(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    seen = at.see(IssueType.DUPLICATE_EMAIL)
    stranger = add_user(at.sessions)
    foreign = Seen(stranger, seen.job_id, seen.issue_id, seen.version)
    for attempt in (
        lambda: viewing.get(at.sessions, stranger, at.job_id),
        lambda: review.listed(at.sessions, stranger, at.job_id),
        lambda: cases.get(at.sessions, stranger, at.job_id, seen.issue_id),
        lambda: review.counts(at.sessions, stranger, at.job_id),
        lambda: review.settled(at.sessions, stranger, at.job_id),
        lambda: history.listed(at.sessions, stranger, at.job_id),
        lambda: finalization.preview(at.sessions, stranger, at.job_id),
        lambda: finalization.request(at.sessions, lambda _job: None, stranger, at.job_id),
        lambda: uploads.retry(at.sessions, lambda _job, _key: None, stranger, at.job_id),
        lambda: export.open_contacts(at.sessions, stranger, at.job_id),
        lambda: export.page(at.sessions, stranger, at.job_id, limit=1),
        lambda: deciding.skip(at.sessions, foreign),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert viewing.listed(at.sessions, stranger) == []
    assert at.kinds() == [(IssueType.DUPLICATE_EMAIL, 2)]


def test_a_download_that_stalls_holds_no_connection(desk: Callable[[str], Desk], engine: Engine) -> None:
    rows = io.StringIO()
    rows.writelines(f"user{n}@example.com,Ana,Silva,{'x' * 400},{n}\n" for n in range(8_000))
    at = desk(rows.getvalue())
    chunks = export.open_contacts(at.sessions, at.user_id, at.job_id).chunks
    assert next(chunks).startswith(HEADER.encode())
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    chunks.close()
    assert len(export.page(at.sessions, at.user_id, at.job_id, limit=3)) == 3
