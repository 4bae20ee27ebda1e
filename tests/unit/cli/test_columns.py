"""Columns by name, and values for them."""

import click
import pytest

from cli.columns import NoSuchColumn, Pair, place_of, with_values


@pytest.mark.parametrize(
    ("names", "name", "place"),
    [
        (["email", "Company"], "Company", 1),
        (["email", "Company name"], "company  NAME", 1),
        (["first_name"], "First name", 0),
        (["mail", "Mail"], "Mail", 1),
        (["mail", "Mail"], "mail", 0),
    ],
)
def test_a_column_is_found_by_its_name_or_by_the_only_one_that_reads_so(
    names: list[str], name: str, place: int
) -> None:
    assert place_of(names, name) == place


@pytest.mark.parametrize("name", ["MAIL", "phone", ""])
def test_where_none_or_several_are_meant_the_columns_are_named(name: str) -> None:
    with pytest.raises(NoSuchColumn, match="but: mail, Mail"):
        place_of(["mail", "Mail"], name)


def test_values_replace_cells() -> None:
    assert with_values(["a", "b"], ["x", "y"], [("Y", "1=2"), ("x", "")]) == ["", "1=2"]


def test_a_pair_may_hold_equals_signs_and_a_blank_value() -> None:
    assert Pair().convert("note=a=b", None, None) == ("note", "a=b")
    assert Pair().convert("note=", None, None) == ("note", "")
    for wrong in ("note", "=x"):
        with pytest.raises(click.BadParameter):
            Pair().convert(wrong, None, None)
