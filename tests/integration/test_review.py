"""What is listed and shown while issues are settled, on a real database."""

from collections.abc import Callable

import pytest

from db.engine import Sessions
from ingestion import cases, deciding, review
from ingestion.review import Order
from ingestion.rules.issues import IssueType
from tests.conftest import Submit
from tests.integration.desk import HEADER, Desk

ROWS = (
    "ana@x.com,Ana,Silva,,1\nana@x.com,Ana,Silva,Globex,2\nbad,Bo,Li,Hooli,3\n"
    "cy@x.com,Cy,Ng,Acme,4\ncy@x.com,Cy,Ng,Globex,5\ncy@x.com,Cy,Ng,Hooli,6\ndee@x.com,,Oz,Acme,7\n"
)


@pytest.fixture
def desk(sessions: Sessions, user_id: int, processed: Submit) -> Callable[[str], Desk]:
    return lambda rows: Desk(sessions, user_id, processed((HEADER + rows).encode()))


@pytest.mark.parametrize(
    ("order", "rows"),
    [
        (Order.ROW, [2, 2, 4, 5, 8]),
        (Order.TYPE, [2, 5, 4, 2, 8]),
        (Order.SIZE, [5, 2, 2, 4, 8]),
    ],
)
def test_pages_of_one_give_every_issue_once_and_in_order(
    desk: Callable[[str], Desk], order: Order, rows: list[int]
) -> None:
    at = desk(ROWS)
    listed: list[review.IssueSummary] = []
    while page := review.listed(
        at.sessions,
        at.user_id,
        at.job_id,
        order=order,
        after=listed[-1].position if listed else None,
        limit=1,
    ):
        listed += page
    assert [issue.row_number for issue in listed] == rows
    whole = review.listed(at.sessions, at.user_id, at.job_id, order=order)
    assert whole == listed


def test_a_listed_issue_shows_its_row_and_who_decided(desk: Callable[[str], Desk]) -> None:
    at = desk(ROWS)
    deciding.accept(at.sessions, at.see(IssueType.MISSING_COMPANY))
    (issue,) = review.listed(at.sessions, at.user_id, at.job_id, open_only=False)
    assert (issue.name, issue.email, (issue.decided_by or "")[:6]) == ("Ana Silva", "ana@x.com", "Ana No")


def test_settled_issues_are_counted_also_those_that_a_decision_settled_elsewhere(
    desk: Callable[[str], Desk],
) -> None:
    at = desk(ROWS)
    assert review.settled(at.sessions, at.user_id, at.job_id) == 0
    before = at.upload().open_issues
    deciding.skip(at.sessions, at.see(IssueType.DUPLICATE_EMAIL, 2))
    settled = review.settled(at.sessions, at.user_id, at.job_id)
    assert settled == 2  # the group, and the company that is missing in one of its rows
    assert settled + at.upload().open_issues == before
    assert settled == sum(done for _, done in review.counts(at.sessions, at.user_id, at.job_id).values())


COMPANIES = "a@acme.com,A,B,Acme,1\nb@acme.com,B,C,Acme,2\nc@acme.com,C,D,,3\nd@acme.com,D,E,ACME,4\n"


def reasons(at: Desk) -> list[str]:
    seen = at.see(IssueType.MISSING_COMPANY)
    case = cases.get(at.sessions, at.user_id, at.job_id, seen.issue_id)
    return [suggestion.reason for suggestion in case.suggestions]


def test_a_suggested_company_counts_all_rows_of_a_short_file(desk: Callable[[str], Desk]) -> None:
    assert reasons(desk(COMPANIES)) == [
        "2 rows with addresses at acme.com have it",
        "row 5 has it, and an address at acme.com",
    ]


@pytest.mark.parametrize(
    ("looked_at", "most"),
    [
        (3, "2 rows with addresses at acme.com have it"),
        (2, "at least 2 rows with addresses at acme.com have it"),
        (1, "row 3 has it, and an address at acme.com"),
    ],
)
def test_of_a_long_file_it_counts_the_rows_around_and_says_so(
    desk: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch, looked_at: int, most: str
) -> None:
    monkeypatch.setattr(cases, "_ROWS_LOOKED_AT", looked_at)
    at = desk(COMPANIES + "e@x.com,E,F,Hooli,5\nf@x.com,F,G,Hooli,6\n")
    assert reasons(at) == [most, "row 5 has it, and an address at acme.com"]


def test_rows_count_for_a_suggestion_as_they_now_read(desk: Callable[[str], Desk]) -> None:
    at = desk(COMPANIES + "bad,E,F,Acme,5\nf@acme.com,,G,Acme,6\ng@acme.com,,H,Acme,7\n")
    deciding.edit(
        at.sessions, at.see(IssueType.INVALID_EMAIL_FORMAT), cells=["e@acme.com", "E", "F", "Hooli", "5"]
    )
    deciding.skip(at.sessions, at.see(IssueType.MISSING_FIRST_NAME, 7))
    assert reasons(at) == [
        "3 rows with addresses at acme.com have it",
        "row 5 has it, and an address at acme.com",
        "row 6 has it, and an address at acme.com",
    ]
