"""Sharing an upload: with whom, how often, until when, and what those see whom it is shared with."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from db.engine import Sessions
from ingestion import (
    bulk,
    deciding,
    deletion,
    finalization,
    history,
    processing,
    sharing,
    undoing,
    viewing,
)
from ingestion.audit import AuditAction
from ingestion.bulk import Request
from ingestion.errors import InvalidDecision, NotAllowed, NotFound
from ingestion.rules.bulk import BulkAnswer
from ingestion.rules.issues import IssueType
from ingestion.rules.lifecycle import JobStatus
from ingestion.rules.permissions import Permission, Relation, Role
from ingestion.storage import Bucket
from ingestion.viewing import Upload, Whose
from tests.conftest import Submit, add_user
from tests.entries import entries
from tests.integration.desk import HEADER, Desk
from tests.integration.jobs import set_row

CLEAN = (HEADER + "ana@x.com,Ana,Silva,Acme,1\n").encode()
UNSETTLED = (HEADER + "ana@x.com,Ana,Silva,,1\n").encode()


@dataclass(frozen=True)
class Person:
    """An account."""

    id: int
    email: str


Add = Callable[..., Person]


@pytest.fixture
def add(sessions: Sessions) -> Add:
    """Makes accounts of a role and with a name."""

    def add(role: Role = Role.OPERATOR, name: str = "Bo") -> Person:
        user_id = add_user(sessions)
        with sessions.begin() as session:
            session.execute(
                text("UPDATE users SET role = :role, first_name = :name WHERE id = :user"),
                {"role": role, "name": name, "user": user_id},
            )
            email = session.scalar(text("SELECT email FROM users WHERE id = :user"), {"user": user_id})
        return Person(user_id, str(email))

    return add


def deactivate(sessions: Sessions, user_id: int) -> None:
    with sessions.begin() as session:
        session.execute(text("UPDATE users SET deactivated_at = now() WHERE id = :u"), {"u": user_id})


def ids(found: list[Upload]) -> list[int]:
    return [upload.id for upload in found]


def test_an_upload_is_shared_by_an_address_in_any_spelling(
    sessions: Sessions, user_id: int, submit: Submit, add: Add
) -> None:
    job_id, bo = submit(CLEAN), add(Role.REVIEWER)
    guest = sharing.share(sessions, user_id, job_id, f" {bo.email.upper()} ")
    assert (guest.id, guest.email, guest.role, guest.is_active) == (bo.id, bo.email, Role.REVIEWER, True)
    assert sharing.listed(sessions, user_id, job_id) == [guest]
    seen = viewing.get(sessions, bo.id, job_id)
    assert (seen.relation, seen.owner.split()[0], seen.shared_with) == (Relation.SHARED, "Ana", 1)


@pytest.mark.parametrize(
    ("role", "alone", "shared", "with_own"),
    [
        (Role.OPERATOR, [Whose.MINE], [Whose.MINE, Whose.SHARED], [Whose.MINE]),
        (Role.REVIEWER, [Whose.SHARED], [Whose.SHARED], [Whose.MINE, Whose.SHARED]),
        (Role.ADMINISTRATOR, [Whose.MINE], list(Whose), [Whose.MINE]),
    ],
)
def test_lists_are_offered_that_may_have_something_in_them(
    sessions: Sessions,
    user_id: int,
    submit: Submit,
    add: Add,
    role: Role,
    alone: list[Whose],
    shared: list[Whose],
    with_own: list[Whose],
) -> None:
    bo = add(role)
    assert viewing.choices(sessions, bo.id) == alone
    job_id = submit(CLEAN)
    sharing.share(sessions, user_id, job_id, bo.email)
    assert viewing.choices(sessions, bo.id) == shared

    deletion.request(sessions, user_id, job_id)
    assert viewing.choices(sessions, bo.id) == alone
    with sessions.begin() as session:  # uploaded in whichever role bo had then
        session.execute(text("UPDATE jobs SET user_id = :u WHERE id = :j"), {"u": bo.id, "j": submit(CLEAN)})
    assert viewing.choices(sessions, bo.id) == with_own


def test_an_administrator_is_offered_what_nobody_shares(sessions: Sessions, submit: Submit, add: Add) -> None:
    administrator = add(Role.ADMINISTRATOR)
    submit(CLEAN)
    assert viewing.choices(sessions, administrator.id) == [Whose.MINE, Whose.EVERYBODYS]


def test_sharing_twice_is_one_share_and_one_entry_in_the_log(
    sessions: Sessions, user_id: int, submit: Submit, add: Add
) -> None:
    job_id, bo = submit(CLEAN), add()
    for _ in range(2):
        sharing.share(sessions, user_id, job_id, bo.email)
    assert len(sharing.listed(sessions, user_id, job_id)) == 1
    (entry,) = entries(sessions)
    assert entry.action == AuditAction.SHARE_UPLOAD
    assert entry.detail == {"account": bo.id, "email": bo.email, "file": "contacts.csv"}


def test_a_share_that_is_taken_back_ends_at_once_and_is_on_record(
    sessions: Sessions, user_id: int, submit: Submit, add: Add
) -> None:
    job_id, bo = submit(CLEAN), add()
    sharing.share(sessions, user_id, job_id, bo.email)
    for _ in range(2):
        sharing.unshare(sessions, user_id, job_id, bo.id)
    with pytest.raises(NotFound):
        viewing.get(sessions, bo.id, job_id)
    assert sharing.listed(sessions, user_id, job_id) == []
    actions = [entry.action for entry in entries(sessions)]
    assert actions == [AuditAction.SHARE_UPLOAD, AuditAction.UNSHARE_UPLOAD]


def test_taking_back_a_share_with_nobody_known_changes_nothing(
    sessions: Sessions, user_id: int, submit: Submit
) -> None:
    sharing.unshare(sessions, user_id, submit(CLEAN), 999_999)
    assert entries(sessions) == []


@pytest.mark.parametrize("address", ["bo", "", "bo@", "a@x.com, b@x.com"])
def test_what_is_no_address_is_refused(
    address: str, sessions: Sessions, user_id: int, submit: Submit
) -> None:
    with pytest.raises(InvalidDecision, match="Enter a complete e-mail address"):
        sharing.share(sessions, user_id, submit(CLEAN), address)


def test_no_account_and_a_deactivated_one_are_refused_in_the_same_words(
    sessions: Sessions, user_id: int, submit: Submit, add: Add
) -> None:
    job_id, bo = submit(CLEAN), add()
    deactivate(sessions, bo.id)
    with pytest.raises(InvalidDecision, match="No active account") as of_nobody:
        sharing.share(sessions, user_id, job_id, "nobody@example.com")
    with pytest.raises(InvalidDecision) as of_deactivated:
        sharing.share(sessions, user_id, job_id, bo.email)
    assert str(of_nobody.value) == str(of_deactivated.value)
    assert sharing.listed(sessions, user_id, job_id) == []


def try_address(sessions: Sessions, user_id: int, job_id: int, number: int) -> None:
    with pytest.raises(InvalidDecision, match="No active account"):
        sharing.share(sessions, user_id, job_id, f"nobody-{number}@example.com")


def test_whoever_tries_many_addresses_that_nobody_has_waits_for_the_next(
    sessions: Sessions, user_id: int, submit: Submit, add: Add
) -> None:
    job_id, bo, zoe = submit(CLEAN), add(), add(Role.ADMINISTRATOR)
    for number in range(20):
        try_address(sessions, user_id, job_id, number)

    with pytest.raises(InvalidDecision, match=r"try again in 60 seconds\."):
        sharing.share(sessions, user_id, job_id, bo.email)

    assert sharing.listed(sessions, user_id, job_id) == []
    assert sharing.share(sessions, zoe.id, job_id, bo.email).id == bo.id


def test_addresses_that_somebody_has_and_slips_of_the_pen_count_for_nothing(
    sessions: Sessions, user_id: int, submit: Submit, add: Add
) -> None:
    job_id, bo = submit(CLEAN), add()
    for number in range(19):
        try_address(sessions, user_id, job_id, number)

    for _ in range(3):
        sharing.share(sessions, user_id, job_id, bo.email)
        with pytest.raises(InvalidDecision, match="Enter a complete"):
            sharing.share(sessions, user_id, job_id, "bo@")

    try_address(sessions, user_id, job_id, 20)


def test_an_upload_is_not_shared_with_its_owner(sessions: Sessions, submit: Submit, add: Add) -> None:
    bo, administrator = add(), add(Role.ADMINISTRATOR)
    job_id = submit(CLEAN, owner=bo.id)
    for who in (bo.id, administrator.id):
        with pytest.raises(InvalidDecision, match="theirs already"):
            sharing.share(sessions, who, job_id, bo.email)


def test_a_share_sleeps_while_its_account_is_deactivated(
    sessions: Sessions, user_id: int, submit: Submit, add: Add
) -> None:
    job_id, bo = submit(CLEAN), add()
    sharing.share(sessions, user_id, job_id, bo.email)
    deactivate(sessions, bo.id)
    assert [guest.is_active for guest in sharing.listed(sessions, user_id, job_id)] == [False]
    with pytest.raises(NotFound):
        viewing.get(sessions, bo.id, job_id)
    with pytest.raises(NotAllowed, match="deactivated"):
        viewing.listed(sessions, bo.id)


def test_lists_have_ones_own_those_shared_or_everybodys(
    sessions: Sessions, user_id: int, submit: Submit, add: Add
) -> None:
    bo, administrator = add(), add(Role.ADMINISTRATOR)
    own, shared, foreign = submit(CLEAN), submit(CLEAN, owner=bo.id), submit(CLEAN, owner=bo.id)
    last = submit(CLEAN)
    deleted = submit(CLEAN, owner=bo.id)
    me = f"user{user_id}@nowhere.example"
    with sessions.begin() as session:
        session.execute(text("UPDATE users SET email = :e WHERE id = :u"), {"e": me, "u": user_id})
    for job_id in (shared, deleted):
        sharing.share(sessions, bo.id, job_id, me)
    deletion.request(sessions, bo.id, deleted)
    assert ids(viewing.listed(sessions, user_id)) == [last, shared, own]
    assert ids(viewing.listed(sessions, user_id, before=last)) == [shared, own]
    assert ids(viewing.listed(sessions, user_id, Whose.MINE)) == [last, own]
    assert ids(viewing.listed(sessions, user_id, Whose.SHARED)) == [shared]
    everybodys = viewing.listed(sessions, administrator.id, Whose.EVERYBODYS)
    assert ids(everybodys) == [last, foreign, shared, own]
    assert [upload.relation for upload in everybodys] == [Relation.FOREIGN] * 4
    assert [upload.shared_with for upload in everybodys] == [0, 0, 1, 0]
    assert viewing.listed(sessions, administrator.id) == []


def test_own_and_shared_uploads_are_paged_as_one_list(
    sessions: Sessions, user_id: int, submit: Submit, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.viewing.PAGE_SIZE", 2)
    bo = add()
    made = [submit(CLEAN, owner=owner) for owner in (user_id, bo.id, bo.id, user_id, bo.id)]
    for job_id in made[0], made[3]:
        sharing.share(sessions, user_id, job_id, bo.email)
    pages, before = [], None
    while page := ids(viewing.listed(sessions, bo.id, before=before)):
        pages.append(page)
        before = page[-1]
    assert pages == [made[:2:-1], made[2:0:-1], made[:1]]


def test_an_upload_says_what_whoever_looks_may_do_as_it_stands(
    sessions: Sessions, user_id: int, processed: Submit, add: Add
) -> None:
    job_id, reviewer = processed(UNSETTLED), add(Role.REVIEWER)
    sharing.share(sessions, user_id, job_id, reviewer.email)
    seen = viewing.get(sessions, reviewer.id, job_id)
    assert (seen.may_decide, seen.may(Permission.FINALIZE), seen.may(Permission.SHARE)) == (
        True,
        False,
        False,
    )
    set_row(sessions, job_id, "status = 'COMPLETED'")
    assert not viewing.get(sessions, reviewer.id, job_id).may_decide
    assert viewing.get(sessions, user_id, job_id).may_decide


def test_a_reviewers_decision_has_their_name_in_the_owners_history(
    sessions: Sessions, user_id: int, processed: Submit, add: Add
) -> None:
    job_id, reviewer = processed(UNSETTLED), add(Role.REVIEWER, name="Rita")
    sharing.share(sessions, user_id, job_id, reviewer.email)
    deciding.accept(sessions, Desk(sessions, reviewer.id, job_id).see(IssueType.MISSING_COMPANY))
    (entry,) = history.listed(sessions, user_id, job_id)
    assert entry.by.startswith("Rita")
    assert list(history.people(sessions, user_id, job_id)) == [reviewer.id]


def test_a_reviewer_may_not_take_contacts_away_by_deciding_anew(
    sessions: Sessions, user_id: int, processed: Submit, add: Add
) -> None:
    job_id, reviewer = processed(UNSETTLED), add(Role.REVIEWER)
    sharing.share(sessions, user_id, job_id, reviewer.email)
    deciding.accept(sessions, Desk(sessions, reviewer.id, job_id).see(IssueType.MISSING_COMPANY))
    own = history.last_of(sessions, reviewer.id, job_id)
    assert own is not None
    Desk(sessions, user_id, job_id).finalize()
    for ask in (
        lambda: undoing.undo(sessions, reviewer.id, job_id, own.id),
        lambda: bulk.carry_out(sessions, reviewer.id, job_id, Request(BulkAnswer.FILL_REPEATS)),
    ):
        with pytest.raises(NotAllowed, match="would lose its contacts"):
            ask()
    assert viewing.get(sessions, user_id, job_id).status is JobStatus.COMPLETED


def test_work_goes_on_after_its_owner_was_deactivated(
    sessions: Sessions, bucket: Bucket, user_id: int, submit: Submit, add: Add
) -> None:
    job_id, bo = submit(CLEAN), add()
    sharing.share(sessions, user_id, job_id, bo.email)
    deactivate(sessions, user_id)
    processing.process(sessions, bucket, job_id)
    assert viewing.get(sessions, bo.id, job_id).status is JobStatus.COMPLETED


def test_a_finalization_goes_on_after_whoever_asked_was_deactivated(
    sessions: Sessions, user_id: int, processed: Submit, add: Add
) -> None:
    job_id, bo = processed(UNSETTLED), add()
    sharing.share(sessions, user_id, job_id, bo.email)
    deciding.accept(sessions, Desk(sessions, bo.id, job_id).see(IssueType.MISSING_COMPANY))
    finalization.request(sessions, lambda _job: None, bo.id, job_id)
    deactivate(sessions, bo.id)
    finalization.finalize(sessions, job_id)
    assert viewing.get(sessions, user_id, job_id).status is JobStatus.COMPLETED
