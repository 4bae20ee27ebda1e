"""What is marked where values of one field differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.rules.cells import trim
from ingestion.rules.differences import parts_of_each


def marked(values: list[str]) -> list[str]:
    """The values with what differs in brackets."""
    return [
        "".join(f"[{part.text}]" if part.differs else part.text for part in parts)
        for parts in parts_of_each(values)
    ]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (["Acme", "Acme"], ["Acme", "Acme"]),
        (["Acme", ""], ["Acme", ""]),
        (["Cedar Link", "Cedar Link Holding"], ["Cedar Link", "Cedar Link[ Holding]"]),
        (["+961 1 555 0112", "+961 1 555 0113"], ["+961 1 555 011[2]", "+961 1 555 011[3]"]),
        (["Sales Manager", "Sales Director"], ["Sales [Manager]", "Sales [Director]"]),
        (["Jon", "John"], ["Jon", "Jo[h]n"]),
        (["ACME", "Acme"], ["[ACME]", "[Acme]"]),
        (["太郎", "花子"], ["[太郎]", "[花子]"]),
        (["محمد علي", "محمد عمر"], ["محمد [علي]", "محمد [عمر]"]),
        (["Jose\u0301 X", "Jose X"], ["Jos[e\u0301] X", "Jos[e] X"]),
        (["a b", "a\u00a0b"], ["a[ ]b", "a[\u00a0]b"]),
        (["", "Ann", "Ana"], ["", "An[n]", "An[a]"]),
        (["Ann", "Ann", "Ana"], ["An[n]", "An[n]", "An[a]"]),
        ([" Ann ", "Ann"], ["Ann", "Ann"]),
    ],
)
def test_what_differs_is_marked(values: list[str], shown: list[str]) -> None:
    assert marked(values) == shown


def test_in_long_texts_nothing_is_marked() -> None:
    assert marked(["a" * 600, "b" * 600]) == ["a" * 600, "b" * 600]


@given(st.lists(st.text(alphabet="aAéب太\u0301 -", max_size=12), min_size=1, max_size=4))
def test_nothing_of_a_value_is_lost_and_equal_values_have_no_marks(values: list[str]) -> None:
    found = parts_of_each(values)
    assert ["".join(part.text for part in parts) for parts in found] == [trim(value) for value in values]
    if len({trim(value) for value in values}) == 1:
        assert not any(part.differs for parts in found for part in parts)
