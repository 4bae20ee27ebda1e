"""When two rows are the same person."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.rules.identity import fold, identity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana", "ANA"),
        ("Ana", "  ana\t"),
        ("de la Cruz", "De  La\u00a0Cruz"),
        ("Zoë", "ZOE\u0308"),
        ("Strauß", "STRAUSS"),
        ("Strauß", "STRAUẞ"),
        ("ｓｍｉｔｈ", "Smith"),
        ("Nordwind\u3000GmbH", "nordwind gmbh"),
        ("ﬁnch", "Finch"),
        ("Νίκος", "ΝΊΚΟΣ"),
        ("㈱", "(株)"),
        ("Å", "\u212b"),
        ("ﾀﾅｶ", "タナカ"),
        ("½", "1\u20442"),
        ("\u1fb3", "\u0391\u0399"),
        ("\u0390", "\u03aa\u0301"),
        ("An\u00ada\u200b", "\ufeffAna"),
        ("علی\u200cرضا", "علیرضا"),
        ("Ana\x07", "Ana"),
    ],
)
def test_spellings_of_one_name_are_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana", "Anna"),
        ("Ana", ""),
        ("Zoë", "Zoe"),
        ("Lukasz", "Łukasz"),
        ("Smith Jones", "Smith-Jones"),
        ("Smith Jones", "SmithJones"),
        ("Acme", "Acme."),
        ("O'Brien", "O’Brien"),
        ("İpek", "Ipek"),
    ],
)
def test_other_names_differ(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize("blank", ["", " ", "\t\u00a0", "\u3000", "\u200b", " \ufeff\x07"])
def test_blanks_are_equal(blank: str) -> None:
    assert fold(blank) == ""


@pytest.mark.parametrize("value", ["Ana", "A\x1cb", "\x0b x \x1f", "a\n\nb"])
def test_plain_ascii_is_folded_as_everything_else_is(value: str) -> None:
    assert fold(f"{value} é") == f"{fold(value)} é"


@given(st.text())
def test_folding_twice_changes_nothing(value: str) -> None:
    assert fold(fold(value)) == fold(value)


@given(
    st.text(st.characters(codec="ascii")),
    st.sampled_from([str.upper, str.lower, str.swapcase, "\u2003{}\n".format]),
)
def test_case_and_white_space_around_never_matter(value: str, respell: Callable[[str], str]) -> None:
    assert fold(respell(value)) == fold(value)


@pytest.mark.parametrize(
    "other",
    [("Ann", "Lee", "Acme"), ("Ana", "Li", "Acme"), ("Ana", "Lee", ""), ("Lee", "Ana", "Acme")],
)
def test_an_identity_is_first_name_last_name_and_company(other: tuple[str, str, str]) -> None:
    assert identity("Ana", "Lee", "Acme") == identity(" ANA", "lee", "ACME ") == ("ana", "lee", "acme")
    assert identity(*other) != identity("Ana", "Lee", "Acme")
