"""Finalizing on a real database: its counts, its hash, and the books it refuses to close."""

import hashlib
import io

import pytest
from sqlalchemy import text

from db.engine import Sessions
from db.models import Finalization
from db.queries import contacts, finalizations, jobs
from ingestion import cases, deciding, export, finalization, review
from ingestion.deciding import Seen
from ingestion.errors import NotFound, RetryLater
from ingestion.rules.issues import IssueType
from tests.conftest import Submit, add_user

# The contact's own columns are not the first ones, and stand apart.
ROWS = """phone,company,email,city,first_name,last_name,note
1,Acme,zoe@x.com,Rome,Zoë,Li,"say ""hi"",
please"
2,  Acme ,ANA@x.com,Rome,Ana,Silva,
3,Hooli,ana@x.com,,Ana,Silva,second
4,Acme,bo@x.com,Rome,Bo,Li, kept as it is
5,ACME,bo@x.com,Bonn,bo,LI,repeat
6,Acme,cy@x.com,Rome,Cy,Li,first
7,Hooli,cy@x.com,Rome,Cy,Li,second
8,Acme,nobody,Rome,No,Body,
"""


@pytest.fixture
def settled(sessions: Sessions, user_id: int, processed: Submit) -> int:
    """A job with a chosen row, a merged record, a repeat, and a row left out."""
    job_id = processed(ROWS.encode())
    for issue in review.listed(sessions, user_id, job_id):
        seen = Seen(user_id, job_id, issue.id, cases.get(sessions, user_id, job_id, issue.id).version)
        if issue.type is not IssueType.DUPLICATE_EMAIL:
            deciding.skip(sessions, seen)
        elif issue.email == "ana@x.com":
            deciding.choose(sessions, seen, row_number=4)
        else:
            deciding.merge(sessions, seen, cells=["9", " Acme & Hooli ", "", "", "Cy", "Li", "merged"])
    return job_id


def finalized(sessions: Sessions, user_id: int, job_id: int) -> bytes:
    finalization.request(sessions, lambda _job: None, user_id, job_id)
    finalization.finalize(sessions, job_id)
    return b"".join(export.open_contacts(sessions, user_id, job_id).chunks)


def test_the_hash_is_that_of_the_export(sessions: Sessions, user_id: int, settled: int) -> None:
    exported = finalized(sessions, user_id, settled)

    assert exported.decode() == (
        "phone,company,email,city,first_name,last_name,note\n"
        "3,Hooli,ana@x.com,,Ana,Silva,second\n"
        "4,Acme,bo@x.com,Rome,Bo,Li, kept as it is\n"
        "9,Acme & Hooli,cy@x.com,,Cy,Li,merged\n"
        '1,Acme,zoe@x.com,Rome,Zoë,Li,"say ""hi"",\nplease"\n'
    )
    with sessions() as session:
        newest = finalizations.newest(session, settled)
    assert newest is not None
    assert newest.export_sha256 == hashlib.sha256(exported).hexdigest()


def test_the_hash_of_many_contacts_is_that_of_their_export(
    sessions: Sessions, user_id: int, processed: Submit
) -> None:
    content = io.StringIO()
    content.write("email,first_name,last_name,company,note\n")
    content.writelines(f"u{n * 7919 % 20_011}@x.com,Ana,Silva,Acme,{'x' * 40}{n}\n" for n in range(20_011))

    job_id = processed(content.getvalue().encode())

    exported = b"".join(export.open_contacts(sessions, user_id, job_id).chunks)
    emails = [line.split(b",")[0] for line in exported.splitlines()[1:]]
    assert emails == sorted(emails)
    assert len(set(emails)) == 20_011
    with sessions() as session:
        found = session.get_one(Finalization, 1)
        assert found.export_sha256 == hashlib.sha256(exported).hexdigest()


def test_what_was_previewed_comes_true(sessions: Sessions, user_id: int, settled: int) -> None:
    previewed = finalization.preview(sessions, user_id, settled)

    finalized(sessions, user_id, settled)

    assert previewed == finalization.Balance(8, 4, 1, 2, 1)
    assert finalization.result(sessions, user_id, settled) == previewed


def test_a_file_of_nothing_but_addresses_is_finalized(
    sessions: Sessions, user_id: int, processed: Submit
) -> None:
    job_id = processed(b"email\nbo@x.com\nana@x.com\nBO@x.com\n")

    assert b"".join(export.open_contacts(sessions, user_id, job_id).chunks) == b"email\nana@x.com\nbo@x.com\n"
    assert finalization.result(sessions, user_id, job_id) == finalization.Balance(3, 2, 0, 0, 1)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(
            "UPDATE row_edits SET is_skipped = false WHERE job_id = :job", id="a row is nowhere in the books"
        ),
        pytest.param(
            "INSERT INTO row_edits VALUES (:job, 4, NULL, NULL, false, true)",
            id="the chosen row was left out behind the group's back",
        ),
    ],
)
def test_books_that_do_not_balance_are_not_closed(
    sessions: Sessions, user_id: int, settled: int, damage: str
) -> None:
    with sessions.begin() as session:
        session.execute(text(damage), {"job": settled})

    with pytest.raises(RetryLater) as caught:
        finalized(sessions, user_id, settled)

    assert "do not balance" in str(caught.value.__cause__)

    assert finalization.result(sessions, user_id, settled) is None
    assert export.page(sessions, user_id, settled, limit=1) == []


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ((0, 1, 2, 3), "'$[4 to 8]'"),
        ((2, None, None, 5), "'$[0 to 1, 3 to 4, 6 to 8]'"),
        ((8, 7, 6, None), "'$[0 to 5]'"),
    ],
)
def test_other_columns_are_cut_out_in_spans(
    own: tuple[int, int | None, int | None, int | None], expected: str
) -> None:
    layout = contacts.Layout(*own, width=9)

    assert expected in contacts._cells(layout.others)


def test_progress_tells_a_job_that_waits_from_one_that_a_worker_has(
    sessions: Sessions, user_id: int, settled: int, processed: Submit
) -> None:
    other = processed(b"email\nbo@x.com\n")
    finalization.request(sessions, lambda _job: None, user_id, settled)
    with sessions.begin() as session:
        session.execute(
            text(
                "UPDATE jobs SET enqueued_at = clock_timestamp() - interval '90 s', processed_at = NULL,"
                " created_at = clock_timestamp() - interval '1 h' WHERE id = :job"
            ),
            {"job": settled},
        )

    with sessions.begin() as worker:
        assert jobs.try_lock(worker, other)
        waiting = finalization.progress(sessions, user_id, settled)
        assert jobs.try_lock(worker, settled)
        begun = finalization.progress(sessions, user_id, settled)

    assert not waiting.is_begun
    assert begun.is_begun
    assert 90 <= waiting.seconds <= begun.seconds < 120
    assert not finalization.progress(sessions, user_id, settled).is_begun
    with pytest.raises(NotFound):
        finalization.progress(sessions, add_user(sessions), settled)
