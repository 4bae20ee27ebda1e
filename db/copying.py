"""Rows in bulk by COPY, the fastest way in and out of Postgres, in flat memory."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812  (a class under a lower-case name)
from sqlalchemy.orm import Session

from db.tracing import ROWS, copying

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

# JSON and valid addresses hold no control characters, so nothing needs to be escaped.
_INPUT = "WITH (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')"

# https://www.postgresql.org/docs/current/sql-copy.html, "Text Format"
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


class _Chunks:
    """What psycopg2 reads from. A chunk may be larger than asked for: it is sent as it is."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.error: BaseException | None = None

    def read(self, _size: int = -1) -> bytes:
        try:
            return next(self._chunks, b"")
        except BaseException as error:
            self.error = error
            raise

    readline = read


def copy_in(session: Session, table: str, columns: tuple[str, ...], chunks: Iterator[bytes]) -> int:
    """Insert rows within the session's transaction; returns how many.

    A chunk is any number of whole lines; a line's fields are joined by \\x02 and end in a newline; an
    empty field is NULL. Table and columns are names from our own code. What `chunks` raises is raised.
    """
    source = _Chunks(chunks)
    cursor = _cursor(session)
    with copying(table) as span:
        try:
            cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN {_INPUT}", source)
        except psycopg2.Error:
            # psycopg2 reports what its source raised as an error of its own.
            if source.error is not None:
                raise source.error from None
            raise
        span.set_attribute(ROWS, cursor.rowcount)
    return cursor.rowcount


def copy_out(session: Session, query: str, sink: "SupportsWrite[bytes]") -> None:
    """Write the result of `query` (our own SQL, no parameters) to `sink` as CSV in UTF-8, no header."""
    _copy_out(session, f"COPY ({query}) TO STDOUT WITH (FORMAT csv)", sink)


def copy_out_lines(session: Session, query: str, sink: "SupportsWrite[bytes]") -> None:
    """Write the result of `query` (our own SQL, no parameters, no NULL) to `sink`, for `lines_copied`."""
    _copy_out(session, f"COPY ({query}) TO STDOUT", sink)


def lines_copied(content: bytes) -> Iterator[list[str]]:
    """Of each row its fields."""
    for line in content.decode().split("\n")[:-1]:
        fields = line.split("\t")
        yield [_unescaped(field) for field in fields] if "\\" in line else fields


def _unescaped(field: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), field)


def _copy_out(session: Session, statement: str, sink: "SupportsWrite[bytes]") -> None:
    cursor = _cursor(session)
    with copying("TO STDOUT") as span:
        cursor.copy_expert(statement, sink)
        span.set_attribute(ROWS, cursor.rowcount)


def _cursor(session: Session) -> Cursor:
    cursor: Cursor = session.connection().connection.cursor()  # type: ignore[assignment]
    return cursor
