"""What is wrong with a row by itself."""

import pytest

from ingestion.rules.issues import IssueType
from ingestion.rules.validation import (
    ContactColumns,
    Problem,
    RowCheck,
    Verdict,
    refused_problem,
    squared,
    unstorable,
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
    return RowCheck(COLUMNS, WIDTH)(cells)


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
    check = RowCheck(ContactColumns(email=0, company=1), 2)

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


@pytest.mark.parametrize(
    ("cells", "settles", "known", "said"),
    [
        pytest.param(("Ana", "a@x.com", "Lee", "Acme", ""), NO_EMAIL, set(), None, id="all good"),
        pytest.param(("Ana", "a@x.com", "Lee", "Acme", ""), BAD_EMAIL, set(), None, id="mended"),
        pytest.param(("Ana", "a@x", "Lee", "Acme", ""), BAD_EMAIL, {BAD_EMAIL}, "a period", id="still bad"),
        pytest.param(
            ("Ana", "", "Lee", "Acme", ""), BAD_EMAIL, {BAD_EMAIL}, "e-mail is missing", id="emptied"
        ),
        pytest.param(
            ("Ana", "", "Lee", "Acme", ""), NO_EMAIL, {NO_EMAIL}, "e-mail is missing", id="still none"
        ),
        pytest.param(
            ("Ana", "a@x", "Lee", "Acme", ""), NO_EMAIL, {NO_EMAIL}, "a period", id="a bad one instead"
        ),
        pytest.param(
            ("", "a@x.com", "", "", ""), BAD_EMAIL, {BAD_EMAIL}, None, id="blanks are not its matter"
        ),
        pytest.param(("Ana", "a@x.com", "", "", ""), NO_FIRST, {NO_LAST}, None, id="other blanks may stay"),
        pytest.param(
            ("", "a@x.com", "Lee", "A", ""), NO_FIRST, set(), "first name is still blank", id="first"
        ),
        pytest.param(("A", "a@x.com", " ", "A", ""), NO_LAST, set(), "last name is still blank", id="last"),
        pytest.param(
            ("A", "a@x.com", "L", "", ""), NO_COMPANY, set(), "company is still blank", id="company"
        ),
        pytest.param(("Ana", "a@x", "Lee", "Acme", ""), NO_FIRST, set(), "a period", id="an address spoilt"),
        pytest.param(
            ("Ana", "", "Lee", "Acme", ""), NO_FIRST, set(), "e-mail is missing", id="an address lost"
        ),
        pytest.param(("Ana", "a@x", "Lee", "Acme", ""), NO_FIRST, {BAD_EMAIL}, None, id="bad as it was"),
        pytest.param(("Ana", "", "Lee", "Acme", ""), NO_LAST, {NO_EMAIL}, None, id="missing as it was"),
        pytest.param(
            ("Ana", "a@x", "L", "A", ""), NO_LAST, {NO_EMAIL}, "a period", id="missing before, now bad"
        ),
        pytest.param(("", "a@x", "L", "A", ""), NO_FIRST, {BAD_EMAIL}, "still blank", id="neither"),
        pytest.param(
            ("", "a@x.com", "", "", ""), MALFORMED, {MALFORMED}, None, id="a broken row, blanks kept"
        ),
        pytest.param(
            ("A", "a@x", "L", "A", ""), MALFORMED, {MALFORMED}, "a period", id="a broken row needs one"
        ),
        pytest.param(
            ("A", "", "L", "A", ""), MALFORMED, {MALFORMED}, "e-mail is missing", id="a broken row, none"
        ),
    ],
)
def test_a_correction_is_refused_unless_it_settles_its_issue_and_spoils_no_address(
    cells: tuple[str, ...], settles: IssueType, known: set[IssueType], said: str | None
) -> None:
    refused = refused_problem(verdict_on(*cells), settles, known)

    if said is None:
        assert refused is None
    else:
        assert refused is not None
        assert said in refused


@pytest.mark.parametrize(
    ("cells", "detail"),
    [
        (("Ana", "a@x.com", "Lee", "Acme", "\0"), "The row held a NUL character, shown as \ufffd."),
        (("", "", "", "", "\0"), "The row held a NUL character, shown as \ufffd."),
        (
            ("Ana", "\0"),
            "The row has 2 cells, the header 5. The row held a NUL character, shown as \ufffd.",
        ),
    ],
)
def test_a_row_with_nul_is_broken_and_nothing_else(cells: tuple[str, ...], detail: str) -> None:
    assert unstorable(verdict_on(*cells)) == Verdict(None, (Problem(MALFORMED, detail),))


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
