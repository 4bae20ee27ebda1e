"""What a file to correct says of each row."""

import datetime as dt

import pytest

from ingestion.rules.issues import IssueType
from ingestion.rules.reasons import MOST_ROWS_NAMED, LeftOut, Trouble, reason


@pytest.mark.parametrize(
    ("trouble", "cell_count", "said"),
    [
        (Trouble(IssueType.MISSING_EMAIL), 6, "Missing e-mail"),
        (Trouble(IssueType.MISSING_FIRST_NAME), 6, "Missing first name"),
        (Trouble(IssueType.MISSING_LAST_NAME), 6, "Missing last name"),
        (Trouble(IssueType.MISSING_COMPANY), 6, "Missing company"),
        (Trouble(IssueType.INVALID_EMAIL_FORMAT, "anna@: No domain."), 6, "Invalid e-mail: anna@: No domain"),
        (Trouble(IssueType.INVALID_EMAIL_FORMAT, "a\n b: No."), 6, "Invalid e-mail: a b: No"),
        (Trouble(IssueType.MALFORMED_ROW, "It has 7 cells."), 7, "Row too long: It has 7 cells"),
        (Trouble(IssueType.MALFORMED_ROW, "It has 1 cell."), 1, "Row too short: It has 1 cell"),
        (Trouble(IssueType.MALFORMED_ROW, "It held a NUL."), 6, "Broken row: It held a NUL"),
        (
            Trouble(IssueType.DUPLICATE_EMAIL, "3 rows", 3, [5, 9, 12]),
            6,
            "Duplicate e-mail: 3 rows have it (rows 5, 9, 12)",
        ),
    ],
)
def test_every_kind_of_issue_is_said_in_plain_words(trouble: Trouble, cell_count: int, said: str) -> None:
    assert reason([trouble], cell_count=cell_count, width=6) == said


def test_every_kind_of_issue_has_words() -> None:
    said = [reason([Trouble(kind, "why")], cell_count=6, width=6) for kind in IssueType]

    assert all(said)
    assert len(set(said)) == len(IssueType)


def test_a_large_group_names_its_first_rows_and_counts_the_rest() -> None:
    group = Trouble(IssueType.DUPLICATE_EMAIL, "", 1_500, range(2, 1_502))

    said = reason([group], cell_count=6, width=6)

    assert said == (
        "Duplicate e-mail: 1,500 rows have it (rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"
        f" and {1_500 - MOST_ROWS_NAMED:,} more)"
    )


def test_several_reasons_stand_worst_first_in_one_line() -> None:
    troubles = [
        Trouble(IssueType.DUPLICATE_EMAIL, "", 2, [2, 3]),
        Trouble(IssueType.MISSING_COMPANY),
        Trouble(IssueType.INVALID_EMAIL_FORMAT, "bad: No @."),
    ]

    assert reason(troubles, cell_count=6, width=6) == (
        "Invalid e-mail: bad: No @; Missing company; Duplicate e-mail: 2 rows have it (rows 2, 3)"
    )


def test_a_row_that_was_left_out_says_who_did_it_and_what_was_wrong() -> None:
    left_out = LeftOut("Ana López", dt.datetime(2026, 11, 24, 23, 59, tzinfo=dt.UTC))

    assert reason([], cell_count=6, width=6, left_out=left_out) == "Left out by Ana López on 2026-11-24"
    assert reason([Trouble(IssueType.MISSING_EMAIL)], cell_count=6, width=6, left_out=left_out) == (
        "Left out by Ana López on 2026-11-24; Missing e-mail"
    )
