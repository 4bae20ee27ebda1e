"""Taking decisions back on a real database: everything derived is as before, and who was late is told."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, text

from db.engine import Sessions
from db.models import BeforeImage, IssueResolution, ResolutionRow
from ingestion import deciding, finalization, history, undoing
from ingestion.deciding import Seen
from ingestion.errors import Conflict, NotFound
from ingestion.rules.issues import IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.undoing import LaterDecision
from tests.conftest import Submit, add_user
from tests.integration.desk import DUPLICATES, HEADER, Desk
from tests.tables import tables_of


@pytest.fixture
def desk(sessions: Sessions, user_id: int, processed: Submit) -> Callable[[str], Desk]:
    return lambda rows: Desk(sessions, user_id, processed((HEADER + rows).encode()))


def newest(at: Desk) -> int:
    with at.sessions() as session:
        decisions = select(func.max(IssueResolution.id)).where(IssueResolution.caused_by.is_(None))
        return session.execute(decisions.where(IssueResolution.action != "undo")).scalar_one()


def undo(at: Desk, resolution_id: int | None = None) -> None:
    undoing.undo(at.sessions, at.user_id, at.job_id, resolution_id or newest(at))


def edit(at: Desk, seen: Seen, *cells: str) -> None:
    deciding.edit(at.sessions, seen, cells=cells)


def test_an_undone_edit_that_made_a_group_leaves_none(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,Acme,1\n,Ana,Silva,Globex,2\n")
    before = tables_of(at.sessions, at.job_id)
    edit(at, at.see(IssueType.MISSING_EMAIL), "ana@x.com", "Ana", "Silva", "Globex", "2")
    assert at.kinds() == [(IssueType.DUPLICATE_EMAIL, 2)]
    undo(at)
    assert tables_of(at.sessions, at.job_id) == before


def test_undo_takes_back_what_a_decision_settled_elsewhere(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nana@x.com,,Silva,Globex,2\n")
    before, kinds = tables_of(at.sessions, at.job_id), at.kinds()
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=2)
    assert at.kinds() != kinds
    undo(at)
    assert at.kinds() == kinds
    assert tables_of(at.sessions, at.job_id) == before


def test_undo_brings_rows_back_that_were_left_out(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    before = tables_of(at.sessions, at.job_id)
    deciding.skip(at.sessions, at.see(IssueType.DUPLICATE_EMAIL))
    assert at.upload().valid_rows == 1
    undo(at)
    assert at.upload().valid_rows == 3
    assert tables_of(at.sessions, at.job_id) == before


def test_undo_restores_the_values_that_an_earlier_decision_had_put_there(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,,Silva,,1\n")
    edit(at, at.see(IssueType.MISSING_FIRST_NAME), "ana@x.com", "Ana", "Silva", "", "1")
    before = tables_of(at.sessions, at.job_id)
    edit(at, at.see(IssueType.MISSING_COMPANY), "ana@x.com", "Anna", "Silva", "Acme", "1")
    undo(at)
    assert tables_of(at.sessions, at.job_id) == before
    undo(at, 1)
    assert at.kinds() == [(IssueType.MISSING_FIRST_NAME, 2), (IssueType.MISSING_COMPANY, 2)]


def test_a_later_decision_on_the_same_row_stands_in_the_way_and_is_named(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nana@x.com,Ana,Silva,Globex,2\nbo@x.com,Bo,Li,,3\n")
    edit(at, at.see(IssueType.MISSING_COMPANY, 2), "ana@x.com", "Ana", "Silva", "Hooli", "1")
    first = newest(at)
    deciding.accept(at.sessions, at.see(IssueType.MISSING_COMPANY, 4))  # another row: in nobody's way
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    later, before = newest(at), tables_of(at.sessions, at.job_id)

    with pytest.raises(
        LaterDecision, match=r"Ana No\d+ decided about the same rows later: ana@x.com"
    ) as told:
        undo(at, first)

    assert told.value.resolution_id == later
    assert tables_of(at.sessions, at.job_id) == before
    undo(at, later)
    undo(at, first)
    assert at.kinds() == [(IssueType.MISSING_COMPANY, 2), (IssueType.DUPLICATE_EMAIL, 2)]


def test_rows_that_met_at_an_email_after_one_had_left_it_stand_in_the_way(
    desk: Callable[[str], Desk],
) -> None:
    # Row 2 leaves a@x.com, then row 3 takes that address: back at it, row 2 would meet row 3 unasked.
    at = desk("a@x.com,,Silva,Acme,1\nbad,Bo,Li,Hooli,2\n")
    edit(at, at.see(IssueType.MISSING_FIRST_NAME), "b@x.com", "Ana", "Silva", "Acme", "1")
    first = newest(at)
    edit(at, at.see(IssueType.INVALID_EMAIL_FORMAT), "a@x.com", "Bo", "Li", "Hooli", "2")
    with pytest.raises(LaterDecision, match="row 3"):
        undo(at, first)


def test_an_undo_after_finalizing_reopens_the_upload(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=2)
    once = at.finalize()
    undo(at)
    assert at.upload().status is JobStatus.NEEDS_REVIEW
    assert at.kinds() == [(IssueType.DUPLICATE_EMAIL, 2)]
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    assert at.finalize() != once
    with at.sessions() as session:
        versions = session.execute(text("SELECT version FROM finalizations ORDER BY version")).scalars().all()
    assert versions == [1, 2]


def test_undo_is_one_more_entry_in_the_log(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    undo(at)
    with at.sessions() as session:
        decision, entry = session.scalars(select(IssueResolution).order_by(IssueResolution.id))
        kept = [*session.scalars(select(BeforeImage.key)), *session.scalars(select(ResolutionRow.row_number))]
    assert (entry.action, entry.reverses, entry.email) == ("undo", decision.id, "ana@x.com")
    assert kept == [], "what is kept for an undo goes with it"


def test_whoever_decides_on_what_an_undo_changed_is_told(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,,Silva,,1\n")
    edit(at, at.see(IssueType.MISSING_FIRST_NAME), "ana@x.com", "Ana", "Silva", "", "1")
    seen = at.see(IssueType.MISSING_COMPANY)
    undo(at)
    with pytest.raises(Conflict, match="changed since you looked"):
        edit(at, seen, "ana@x.com", "Ana", "Silva", "Acme", "1")


def test_a_decision_is_undone_once(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    decision = newest(at)
    undo(at, decision)
    with pytest.raises(Conflict, match=r"Ana No\d+ has undone this already"):
        undo(at, decision)
    with pytest.raises(Conflict, match="An undo cannot be undone"):
        undo(at, decision + 1)


def test_of_two_people_who_undo_at_once_one_is_told(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    told: list[Conflict] = []

    def attempt() -> None:
        try:
            undo(at, 1)
        except Conflict as error:
            told.append(error)

    people = [threading.Thread(target=attempt) for _ in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert len(told) == 3
    assert at.kinds() == [(IssueType.DUPLICATE_EMAIL, 2)]


def test_nothing_is_undone_while_the_upload_is_finalized(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    finalization.request(at.sessions, lambda _job: None, at.user_id, at.job_id)
    with pytest.raises(Conflict, match="Nothing can be undone now"):
        undo(at)


def test_only_decisions_on_ones_own_uploads_are_undone(desk: Callable[[str], Desk]) -> None:
    at = desk("ana@x.com,Ana,Silva,,1\nana@x.com,,Silva,Globex,2\n")
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=2)
    decision = newest(at)
    with pytest.raises(NotFound):
        undoing.undo(at.sessions, add_user(at.sessions), at.job_id, decision)
    for consequence_or_nothing in (decision + 1, decision + 99):
        with pytest.raises(NotFound):
            undo(at, consequence_or_nothing)


def test_the_history_says_what_was_undone(desk: Callable[[str], Desk]) -> None:
    at = desk(DUPLICATES)
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL), row_number=3)
    undo(at)
    entries = history.listed(at.sessions, at.user_id, at.job_id)
    undone_by = entries[0].by
    assert [(entry.action, entry.subject, entry.undone_by) for entry in entries] == [
        ("undo", "ana@x.com", None),
        ("choose", "ana@x.com", undone_by),
    ]
    assert not any(entry.can_be_undone for entry in entries)
