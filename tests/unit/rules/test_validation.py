"""What is wrong with a row by itself."""

import pytest

from ingestion.rules.issues import IssueType
from ingestion.rules.validation import (
    ContactColumns,
    Problem,
    RowCheck,
    Verdict,
    refused_problem,
    shape_flaw,
    squared,
)

COLUMNS = ContactColumns(email=1, first_name=0, last_name=2, company=3)
WIDTH = 5
MALFORMED = IssueType.MALFORMED_ROW
NO_EMAIL, BAD_EMAIL = IssueType.MISSING_EMAIL, IssueType.INVALID_EMAIL_FORMAT
NO_FIRST, NO_LAST, NO_COMPANY = (
    IssueType.MISSING_FIRST_NAME,
    IssueType.MISSING_LAST_NAME,
    IssueType.MISSING_COMPANY,
)


def verdict_on(*cells: str) -> Verdict:
    flaw = None if len(cells) == WIDTH else shape_flaw(len(cells), WIDTH)
    return RowCheck(COLUMNS)(cells, flaw)


@pytest.mark.parametrize(
    ("cells", "email", "problems"),
    [
        (("Ana", "a@x.com", "Lee", "Acme", ""), "a@x.com", []),
        (("Ana", " A@X.com\u00a0", "Lee", "Acme", ""), "a@x.com", []),
        (("", "a@x.com", "Lee", "Acme", ""), "a@x.com", [NO_FIRST]),
        (("Ana", "a@x.com", " \t", "Acme", ""), "a@x.com", [NO_LAST]),
        (("Ana", "a@x.com", "Lee", "\u00a0", ""), "a@x.com", [NO_COMPANY]),
        (("", "a@x.com", "", "", ""), "a@x.com", [NO_FIRST, NO_LAST, NO_COMPANY]),
        (("Ana", "", "Lee", "Acme", ""), None, [NO_EMAIL]),
        (("Ana", " \u3000", "Lee", "Acme", ""), None, [NO_EMAIL]),
        (("", "", "", "", ""), None, [NO_EMAIL, NO_FIRST, NO_LAST, NO_COMPANY]),
        (("Ana", "a@x", "Lee", "Acme", ""), None, [BAD_EMAIL]),
        (("Ana", "a@x", "", "", ""), None, [BAD_EMAIL, NO_LAST, NO_COMPANY]),
        (("Ana", "-", "Lee", "Acme", ""), None, [BAD_EMAIL]),
        (("Ana", "a@x.com", "Lee", "Acme"), None, [MALFORMED]),
        (("Ana", "a@x.com", "Lee", "Acme", "", ""), None, [MALFORMED]),
        (("Ana",), None, [MALFORMED]),
        ((), None, [MALFORMED]),
    ],
)
def test_a_rows_problems_come_worst_first_and_only_the_email_spoils_it(
    cells: tuple[str, ...], email: str | None, problems: list[IssueType]
) -> None:
    verdict = verdict_on(*cells)

    assert verdict.normalized_email == email
    assert verdict.is_valid == (email is not None)
    assert [problem.type for problem in verdict.problems] == problems


def test_fields_that_the_file_does_not_have_are_not_missed() -> None:
    check = RowCheck(ContactColumns(email=0, company=1))

    assert check(["a@x.com", "Acme"]) == Verdict("a@x.com")
    assert check(["a@x.com", ""]) == Verdict("a@x.com", (Problem(NO_COMPANY),))


@pytest.mark.parametrize(
    ("cells", "detail"),
    [
        (("a",), "The row has 1 cell, the header 5."),
        (("a", "b"), "The row has 2 cells, the header 5."),
        (tuple("abcdef"), "The row has 6 cells, the header 5."),
        (("", " a@x ", "", "", ""), "a@x: The part after the @-sign is not valid. It should have a period."),
        (
            ("", "a@x.com; b@x.com", "", "", ""),
            "a@x.com; b@x.com: The cell holds 2 addresses. A contact has one: keep the right one.",
        ),
        (("", "x" * 300, "", "", ""), f"{'x' * 200}: An email address must have an @-sign."),
    ],
)
def test_a_problem_says_what_is_wrong(cells: tuple[str, ...], detail: str) -> None:
    assert verdict_on(*cells).problems[0].detail == detail


GOOD = ("Ana", "a@x.com", "Lee", "Acme", "")


@pytest.mark.parametrize(
    ("before", "after", "settles", "said"),
    [
        pytest.param(("Ana", "", "Lee", "Acme", ""), GOOD, NO_EMAIL, None, id="an address found"),
        pytest.param(("", "a@", "", "", ""), ("", "a@x.com", "", "", ""), BAD_EMAIL, None, id="blanks stay"),
        pytest.param(
            ("A", "", "L", "C", ""), ("A", " ", "L", "C", ""), NO_EMAIL, "e-mail is missing", id="still none"
        ),
        pytest.param(
            ("A", "", "L", "C", ""), ("A", "a@x", "L", "C", ""), NO_EMAIL, "a period", id="a bad one"
        ),
        pytest.param(
            ("", "a@x.com", "L", "C", ""), ("A", "a@x.com", "L", "C", ""), NO_FIRST, None, id="a name"
        ),
        pytest.param(
            ("", "a@x.com", "L", "C", ""),
            ("", "a@x.com", "L", "C", ""),
            NO_FIRST,
            "first name is still",
            id="first",
        ),
        pytest.param(
            ("A", "a@x.com", "", "C", ""),
            ("A", "a@x.com", " ", "C", ""),
            NO_LAST,
            "last name is still",
            id="last",
        ),
        pytest.param(
            ("A", "a@x.com", "L", "", ""),
            ("A", "a@x.com", "L", "", ""),
            NO_COMPANY,
            "company is still",
            id="company",
        ),
        pytest.param(
            ("", "a@x.com", "L", "C", ""),
            ("A", "a@x.com", "L", "", ""),
            NO_FIRST,
            "company would",
            id="a new blank",
        ),
        pytest.param(
            ("", "a@x.com", "", "C", ""), ("A", "a@x.com", "", "C", ""), NO_FIRST, None, id="an old blank"
        ),
        pytest.param(
            ("", "a@x.com", "L", "C", ""),
            ("A", "a@x", "L", "C", ""),
            NO_FIRST,
            "a period",
            id="an address spoilt",
        ),
        pytest.param(
            ("", "a@x.com", "L", "C", ""),
            ("A", "", "L", "C", ""),
            NO_FIRST,
            "e-mail is missing",
            id="one lost",
        ),
        pytest.param(
            ("", "a@x", "L", "C", ""), ("A", "a@x", "L", "C", ""), NO_FIRST, None, id="bad as it was"
        ),
        pytest.param(("", "", "L", "C", ""), ("A", "", "L", "C", ""), NO_FIRST, None, id="missing as it was"),
        pytest.param(
            ("", "a@x", "L", "C", ""),
            ("A", "b@y", "L", "C", ""),
            NO_FIRST,
            "a period",
            id="bad in another way",
        ),
        pytest.param(
            ("", "", "L", "C", ""), ("A", "a@x", "L", "C", ""), NO_FIRST, "a period", id="missing, now bad"
        ),
        pytest.param(
            ("A", "a@x.com"), ("A", "a@x.com", "", "", ""), MALFORMED, None, id="broken, blanks kept"
        ),
        pytest.param(
            ("A", "a@x"), ("A", "a@x", "", "", ""), MALFORMED, "a period", id="broken, a bad address"
        ),
        pytest.param(
            ("A", "", "L", "C", "\0"),
            ("A", "", "L", "C", "\0"),
            MALFORMED,
            "e-mail is missing",
            id="broken by NUL",
        ),
        pytest.param(("A",), ("A", "", "", "", ""), MALFORMED, "e-mail is missing", id="broken, no address"),
    ],
)
def test_a_correction_settles_its_issue_and_makes_no_new_problem(
    before: tuple[str, ...], after: tuple[str, ...], settles: IssueType, said: str | None
) -> None:
    refused = refused_problem(
        verdict_on(*before), verdict_on(*after), settles, same_email=before[1:2] == after[1:2]
    )

    if said is None:
        assert refused is None
    else:
        assert refused is not None
        assert said in refused


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ([], ["", "", ""]),
        (["a"], ["a", "", ""]),
        (["a", "b", "c"], ["a", "b", "c"]),
        (["a", "b", "c", "d", "e"], ["a", "b", "c"]),
    ],
)
def test_a_broken_row_is_shown_as_wide_as_the_header(cells: list[str], shown: list[str]) -> None:
    assert squared(cells, 3) == shown


def test_columns_are_frozen_on_a_job_and_read_back() -> None:
    frozen = COLUMNS.as_json()

    assert frozen == {"email": 1, "first_name": 0, "last_name": 2, "company": 3}
    assert ContactColumns(**frozen) == COLUMNS  # type: ignore[arg-type]
    assert COLUMNS.named() == {0: "first_name", 1: "email", 2: "last_name", 3: "company"}
    assert ContactColumns(email=0, company=2).named() == {0: "email", 2: "company"}


def test_an_identity_is_read_from_the_columns_and_blank_where_there_is_none() -> None:
    cells = ["Ana", "a@x.com", "Lee", "Acme", "x"]

    assert COLUMNS.identity_of(cells) == ("ana", "lee", "acme")
    assert ContactColumns(email=1, last_name=2).identity_of(cells) == ("", "lee", "")
