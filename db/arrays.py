"""Many values as one parameter. psycopg2 writes a list as an expression, which the server reads slowly."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Text, cast, literal


def as_array(values: Iterable[int | str | None]) -> str:
    """An array as Postgres writes it, for `CAST(:values AS bigint[])` or `text[]`.

    https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
    """
    elements = [
        _quoted(value) if isinstance(value, str) else "NULL" if value is None else str(value)
        for value in values
    ]
    return "{" + ",".join(elements) + "}"


def numbers(values: Iterable[int]) -> ColumnElement[Sequence[int]]:
    """An array of numbers, for `any_`."""
    return cast(literal(as_array(values), Text), ARRAY(BigInteger))


def texts(values: Iterable[str]) -> ColumnElement[Sequence[str]]:
    """An array of texts, for `any_`."""
    return cast(literal(as_array(values), Text), ARRAY(Text))


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
