"""Rows that share their e-mail, found through partitions on disk: those of a dictionary."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion import grouping
from ingestion.grouping import RowsByEmail

EMAILS = st.lists(st.integers(0, 40).map("c{}@x.com".format), max_size=80)


def shared(emails: list[str]) -> list[list[int]]:
    with RowsByEmail() as by_email:
        for start in range(0, len(emails), 7):
            batch = [email.encode() for email in emails[start : start + 7]]
            by_email.add(batch, range(start + 2, start + 2 + len(batch)))
        return [numbers.tolist() for numbers in by_email.shared()]


def check_against_a_dictionary(emails: list[str]) -> None:
    counts = Counter(emails)
    expected = {number for number, email in enumerate(emails, start=2) if counts[email] > 1}

    found = shared(emails)

    assert sorted(number for numbers in found for number in numbers) == sorted(expected)
    assert all(numbers == sorted(numbers) for numbers in found)
    for email in counts:
        mine = {number for number, other in enumerate(emails, start=2) if other == email} & expected
        assert not mine or sum(mine <= set(numbers) for numbers in found) == 1, "a group is in one list"


@given(EMAILS)
def test_shared_rows_are_those_of_a_dictionary(emails: list[str]) -> None:
    check_against_a_dictionary(emails)


@given(EMAILS)
def test_shared_rows_are_the_same_when_they_come_in_many_runs(emails: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grouping, "_ROWS_PER_RUN", 10)
        check_against_a_dictionary(emails)


def test_a_large_group_is_whole() -> None:
    emails = [f"e{number % 3}@x.com" for number in range(200_000)]

    found = shared(emails)

    assert sorted(map(len, found))[-1] >= 66_666
    check_against_a_dictionary(emails)


def test_no_rows_share_nothing() -> None:
    assert shared([]) == []
    assert shared(["a@x.com"]) == []
