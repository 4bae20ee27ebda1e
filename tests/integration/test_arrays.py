"""Many values as one parameter: they arrive as they are, whatever is in them."""

import pytest
from sqlalchemy import any_, literal, select, text

from db.arrays import as_array, numbers, texts
from db.engine import Sessions

HOSTILE = [
    "",
    " ",
    "NULL",
    "null",
    'say "hi"',
    "\\",
    '\\"',
    "a,b",
    "{}",
    "it's",
    "%(x)s",
    ":x",
    "\n\t",
    "ａ€",
]


@pytest.mark.parametrize(
    ("values", "kind"),
    [([*HOSTILE, None], "text"), ([3, -1, None, 2**40], "bigint"), ([], "text"), ([None], "bigint")],
)
def test_an_array_arrives_as_it_is(values: list[str | int | None], kind: str, sessions: Sessions) -> None:
    with sessions() as session:
        arrived = session.scalar(text(f"SELECT CAST(:values AS {kind}[])"), {"values": as_array(values)})
    assert arrived == values


def test_one_of_many_is_found(sessions: Sessions) -> None:
    with sessions() as session:
        for value in HOSTILE:
            assert session.scalar(select(literal(value) == any_(texts(HOSTILE))))
        assert session.scalar(select(literal(2**40) == any_(numbers([1, 2**40]))))
        assert not session.scalar(select(literal(2) == any_(numbers([]))))
