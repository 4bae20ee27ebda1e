"""Rows grouped by e-mail through partitions on disk: the same as in a dictionary."""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion import grouping
from ingestion.grouping import Member, RowsByEmail
from ingestion.rules.identity import Identity, fold, identity

ROOT = Path(__file__).resolve().parents[2]

Row = tuple[str, Identity]

EMAILS = st.one_of(
    st.sampled_from(["a@x.com", "b@x.com", "é@x.com", "日本@例え.jp"]),
    st.integers(0, 200).map("c{}@x.com".format),
)
NAMES = st.text(st.sampled_from(list("ab \t\n\r\x02\x1f\x1e\u2028\u0085é日😀")), max_size=4)
ROWS = st.lists(st.tuples(EMAILS, st.builds(identity, NAMES, NAMES, NAMES)), max_size=60)


def grouped(rows: Iterable[Row]) -> list[tuple[str, list[Member]]]:
    with RowsByEmail() as by_email:
        for number, (email, who) in enumerate(rows, start=2):
            by_email.add(email, number, who)
        return list(by_email.groups())


def grouped_in_a_dictionary(rows: Iterable[Row]) -> dict[str, list[tuple[int, Identity]]]:
    groups: dict[str, list[tuple[int, Identity]]] = {}
    for number, (email, who) in enumerate(rows, start=2):
        groups.setdefault(email, []).append((number, who))
    return {email: members for email, members in groups.items() if len(members) > 1}


def check_against_a_dictionary(rows: list[Row]) -> None:
    expected = grouped_in_a_dictionary(rows)
    found = grouped(rows)

    assert len(found) == len(expected), "an e-mail is given back once"
    for email, members in found:
        assert [member.row_number for member in members] == [number for number, _ in expected[email]]
        # Equal identities, and only these, have equal forms.
        pairs = {(member.identity, who) for member, (_, who) in zip(members, expected[email], strict=True)}
        assert len({form for form, _ in pairs}) == len({who for _, who in pairs}) == len(pairs)


@given(ROWS)
def test_groups_are_those_of_a_dictionary(rows: list[Row]) -> None:
    check_against_a_dictionary(rows)


@given(ROWS)
def test_groups_are_the_same_when_they_go_to_disk(rows: list[Row]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grouping, "_IN_MEMORY", 20)
        check_against_a_dictionary(rows)


def test_groups_larger_than_memory_are_whole() -> None:
    names = [identity("Ana", "Silva", f"Company {number} " + "x" * 100) for number in range(9000)]
    rows = [(f"e{number % 3}@x.com", who) for number, who in enumerate(names)]

    check_against_a_dictionary(rows)


def test_rows_stand_in_the_order_of_the_file() -> None:
    who = identity("a", "b", "c")

    assert grouped([("b@x.com", who), ("a@x.com", who), ("b@x.com", who), ("c@x.com", who)]) == [
        ("b@x.com", [Member(2, "a\x1fb\x1fc"), Member(4, "a\x1fb\x1fc")])
    ]


def test_fields_are_kept_apart() -> None:
    ((_, members),) = grouped(
        [("a@x.com", ("a", "", "b")), ("a@x.com", ("a", "b", "")), ("a@x.com", ("", "a", "b"))]
    )

    assert len({member.identity for member in members}) == 3


def test_no_rows_make_no_groups() -> None:
    assert grouped([]) == []


@given(st.text())
def test_folded_values_hold_nothing_that_separates_rows_or_fields(value: str) -> None:
    """What RowsByEmail relies on: a line holds a row, a unit separator parts its fields."""
    assert not set(fold(value)) & set("\n\r\x1f")


def test_groups_come_in_the_same_order_in_every_process() -> None:
    program = (
        "from ingestion.grouping import RowsByEmail\n"
        "with RowsByEmail() as rows:\n"
        "    for number in range(400): rows.add(f'e{number % 150}@x.com', number, ('a', 'b', 'c'))\n"
        "    print(*(email for email, _ in rows.groups()))\n"
    )
    orders = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert len(orders[0].split()) == 150
    assert orders[0] == orders[1]
