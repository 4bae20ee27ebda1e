"""What becomes of each row, before finalizing and after it."""

import pytest

from db.engine import Sessions
from ingestion import deciding, finalization, outcome, undoing
from ingestion.errors import NotFound
from ingestion.outcome import Became, Outcome
from ingestion.rules.issues import Action, IssueType
from tests.conftest import Submit, add_user
from tests.integration.desk import HEADER, Desk

ROWS = (
    "ana@x.com,Ana,Silva,Acme,1\n"  # 2
    "ANA@x.com,Ana,Silva,Globex,2\n"
    "bo@x.com,Bo,Li,Hooli,3\n"  # 4
    "bo@x.com, BO ,Li,Hooli,4\n"
    "bo@x.com,Bo,Li,Hooli, 3\u00a0\n"  # 6
    "bo@x.com,Bo,Li,Hooli,\n"
    "cy@x.com,Cy,Ng,Initech,5\n"  # 8
    "cy@x.com,Cy,Ng,Umbrella,6\n"
    "bad,Di,Roy,Acme,7\n"  # 10
)


@pytest.fixture
def at(sessions: Sessions, user_id: int, processed: Submit) -> Desk:
    return Desk(sessions, user_id, processed((HEADER + ROWS).encode()))


def settle(at: Desk) -> None:
    """Row 3 is chosen, rows 8 and 9 are merged, row 10 is left out."""
    deciding.choose(at.sessions, at.see(IssueType.DUPLICATE_EMAIL, 2), row_number=3)
    merged = at.see(IssueType.DUPLICATE_EMAIL, 8)
    deciding.merge(at.sessions, merged, cells=["cy@x.com", "Cy", "Ng", "Both", "5"])
    deciding.skip(at.sessions, at.see(IssueType.INVALID_EMAIL_FORMAT))


def listed(at: Desk, which: Outcome, search: str = "") -> list[Became]:
    return outcome.listed(at.sessions, at.user_id, at.job_id, which, search=search, limit=100)


def numbers(at: Desk, which: Outcome, search: str = "") -> list[int]:
    return [row.row_number for row in listed(at, which, search)]


@pytest.mark.parametrize("is_final", [False, True])
def test_each_list_says_what_became_of_its_rows_and_why(at: Desk, *, is_final: bool) -> None:
    settle(at)
    if is_final:
        at.finalize()

    chosen, bo, cy = listed(at, Outcome.CONTACT)
    assert (chosen.row_number, chosen.company, chosen.action) == (3, "Globex", Action.CHOOSE)
    assert (bo.row_number, bo.email, bo.name, bo.action, bo.by) == (4, "bo@x.com", "Bo Li", None, "")
    assert (cy.row_number, cy.company, cy.action) == (8, "Both", Action.MERGE)

    lost, merged = listed(at, Outcome.SETTLED)
    assert (lost.row_number, lost.kept_row, lost.action) == (2, 3, Action.CHOOSE)
    assert lost.by.startswith("Ana No")
    assert lost.at is not None
    assert (merged.row_number, merged.kept_row, merged.action) == (9, 8, Action.MERGE)

    (bad,) = listed(at, Outcome.LEFT_OUT)
    assert (bad.row_number, bad.email, bad.name) == (10, "bad", "Di Roy")
    assert (bad.issue, bad.action) == (IssueType.INVALID_EMAIL_FORMAT, Action.SKIP)
    assert bad.by.startswith("Ana No")


def test_a_repeat_names_the_columns_whose_values_are_lost(at: Desk) -> None:
    settle(at)

    repeats = listed(at, Outcome.REPEAT)

    # Row 5 has another phone; row 6 the same but for blanks around it; row 7 has none that could be lost.
    assert [(row.row_number, row.kept_row, row.differing) for row in repeats] == [
        (5, 4, ("phone",)),
        (6, 4, ()),
        (7, 4, ()),
    ]
    assert outcome.differing(at.sessions, at.user_id, at.job_id) == 1


def test_what_is_still_open_is_in_no_list_and_waits(at: Desk) -> None:
    assert numbers(at, Outcome.CONTACT) == [4]
    assert numbers(at, Outcome.REPEAT) == [5, 6, 7]
    assert numbers(at, Outcome.SETTLED) == numbers(at, Outcome.LEFT_OUT) == []
    balance = finalization.preview(at.sessions, at.user_id, at.job_id)
    assert balance == finalization.Balance(9, 1, 0, 0, 3, waiting=5)


def test_an_edit_makes_a_repeat_and_its_undo_takes_it_back(at: Desk) -> None:
    seen = at.see(IssueType.INVALID_EMAIL_FORMAT)
    deciding.edit(at.sessions, seen, cells=["new@x.com", "Di", "Roy", "Acme", "7"])
    assert numbers(at, Outcome.REPEAT) == [5, 6, 7]
    undoing.undo(at.sessions, at.user_id, at.job_id, 1)

    deciding.edit(
        at.sessions, at.see(IssueType.INVALID_EMAIL_FORMAT), cells=["bo@x.com", *["Bo", "Li", "Hooli", "9"]]
    )
    assert numbers(at, Outcome.REPEAT) == [5, 6, 7, 10]
    undoing.undo(at.sessions, at.user_id, at.job_id, 3)
    assert numbers(at, Outcome.REPEAT) == [5, 6, 7]


def test_the_first_row_is_left_out_and_the_next_becomes_the_contact(
    sessions: Sessions, user_id: int, processed: Submit
) -> None:
    rows = "bo@x.com,Bo,Li,,1\nbo@x.com,Bo,Li,,2\nbo@x.com,Bo,Li,,3\n"
    at = Desk(sessions, user_id, processed((HEADER + rows).encode()))
    deciding.skip(at.sessions, at.see(IssueType.MISSING_COMPANY, 2))

    assert numbers(at, Outcome.CONTACT) == [3]
    assert [(row.row_number, row.kept_row) for row in listed(at, Outcome.REPEAT)] == [(4, 3)]


@pytest.mark.parametrize(
    ("which", "search", "found"),
    [
        (Outcome.CONTACT, "BO@", [4]),
        (Outcome.SETTLED, "cy", [9]),
        (Outcome.REPEAT, "x.com", [5, 6, 7]),
        (Outcome.REPEAT, "cy", []),
        (Outcome.LEFT_OUT, "Bad", [10]),
        (Outcome.LEFT_OUT, "x.com", []),
    ],
)
def test_each_list_is_searched_by_email(at: Desk, which: Outcome, search: str, found: list[int]) -> None:
    settle(at)

    assert numbers(at, which, search) == found


def test_pages_follow_each_other_without_gaps(sessions: Sessions, user_id: int, processed: Submit) -> None:
    rows = "".join(f"u{n % 40}@x.com,Ana,Silva,Acme,{n}\n" for n in range(120))
    at = Desk(sessions, user_id, processed((HEADER + rows).encode()))

    for which, expected in ((Outcome.CONTACT, 40), (Outcome.REPEAT, 80)):
        seen: list[int] = []
        after = None
        while page := outcome.listed(sessions, user_id, at.job_id, which, after=after, limit=7):
            seen += [row.row_number for row in page]
            after = page[-1].place
        assert len(seen) == len(set(seen)) == expected


@pytest.mark.parametrize("which", Outcome)
def test_somebody_elses_rows_are_as_good_as_none(at: Desk, which: Outcome) -> None:
    stranger = add_user(at.sessions)

    with pytest.raises(NotFound):
        outcome.listed(at.sessions, stranger, at.job_id, which, limit=1)
    with pytest.raises(NotFound):
        outcome.differing(at.sessions, stranger, at.job_id)


def test_other_uploads_are_not_mixed_in(at: Desk, processed: Submit) -> None:
    processed((HEADER + ROWS).encode())
    settle(at)

    assert [len(listed(at, which)) for which in Outcome] == [3, 1, 2, 3]


def test_what_was_not_processed_has_no_lists(sessions: Sessions, user_id: int, submit: Submit) -> None:
    job_id = submit(b"email\nana@x.com\n")

    assert [outcome.listed(sessions, user_id, job_id, which, limit=1) for which in Outcome] == [
        [],
        [],
        [],
        [],
    ]
    assert outcome.differing(sessions, user_id, job_id) == 0
