"""When rows with one e-mail need a person."""

import pytest

from ingestion.rules.duplicates import Group, conflicts, differing_columns
from ingestion.rules.identity import identity

ANA = identity("Ana", "Lee", "Acme")


@pytest.mark.parametrize(
    ("identities", "expected"),
    [
        ([], False),
        ([ANA], False),
        ([ANA, identity("ANA ", "lee", "ACME")], False),
        ([ANA, identity("Ana", "Lee", "")], True),
        ([ANA, ANA, identity("Ana", "Lee", "Acme Inc.")], True),
        ([identity("", "", ""), identity(" ", "\t", "")], False),
    ],
)
def test_rows_conflict_when_they_have_more_than_one_identity(
    identities: list[tuple[str, str, str]], expected: bool
) -> None:
    assert conflicts(iter(identities)) is expected


@pytest.mark.parametrize(
    ("rows", "is_conflict"),
    [
        ([("Ana", "Lee", "Acme")], False),
        ([("Ana", "Lee", "Acme"), ("Ana", "Lee", "Acme"), ("ANA", " lee", "acme")], False),
        ([("Ana", "Lee", "Acme"), ("ana", "lee", "acme"), ("Ana", "Lee", "")], True),
        ([("Ana", "Lee", "Acme"), ("Bo", "Lee", "Acme"), ("Ana", "Lee", "Acme")], True),
    ],
)
def test_a_group_is_a_conflict_from_the_first_other_identity_on(
    rows: list[tuple[str, str, str]], is_conflict: bool
) -> None:
    group = Group(2, rows[0])
    for number, names in enumerate(rows[1:], start=3):
        group.add(number, names)

    assert group.is_conflict is is_conflict
    assert list(group.row_numbers) == list(range(2, 2 + len(rows)))


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ([], []),
        ([["a", "b"]], []),
        ([["a", "b"], ["a", "b"]], []),
        ([["a", "b"], ["a ", "\u00a0b"]], []),
        ([["a", "b", "c"], ["A", "b", ""]], [0, 2]),
        ([["a", " "], ["a", ""]], []),
        ([["a", "x y"], ["a", "x  y"]], [1]),
        ([["a", "b"], ["a", "b"], ["a", "c"]], [1]),
    ],
)
def test_columns_differ_when_they_read_differently(rows: list[list[str]], columns: list[int]) -> None:
    assert differing_columns(rows) == columns


def test_rows_of_different_widths_are_not_compared() -> None:
    with pytest.raises(ValueError, match="shorter"):
        differing_columns([["a", "b"], ["a"]])
