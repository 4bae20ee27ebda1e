"""Which values survive."""

import pytest

from ingestion.rules.survivorship import choices, suggested_merge


@pytest.mark.parametrize(
    ("rows", "merged"),
    [
        ([], []),
        ([["a", "b"]], ["a", "b"]),
        ([["a", ""], ["x", "b"]], ["a", "b"]),
        ([["", " "], ["\t", "\u00a0"]], ["", ""]),
        ([["", "1"], ["b", "2"], ["c", ""]], ["b", "1"]),
        ([[" a ", ""], ["", " b"]], [" a ", " b"]),
    ],
)
def test_the_first_value_that_is_not_blank_survives(rows: list[list[str]], merged: list[str]) -> None:
    assert suggested_merge(rows) == merged


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        (["a"], ["a"]),
        (["b", "a", "b"], ["b", "a"]),
        (["a", " a ", "A"], ["a", "A"]),
        (["", "a", "  "], ["", "a"]),
    ],
)
def test_each_value_is_a_choice_once_in_row_order(values: list[str], expected: list[str]) -> None:
    assert choices([["other", value] for value in values], 1) == expected


def test_rows_of_different_widths_are_not_merged() -> None:
    with pytest.raises(ValueError, match="shorter"):
        suggested_merge([["a", "b"], ["a"]])
