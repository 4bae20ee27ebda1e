"""Exceptions as text for a log: where it happened, what happened, and nobody's data.

What Postgres says about a statement that it refuses quotes values of the row, and SQLAlchemy shows the
statement's parameters. Of their messages only what cannot hold either is kept.
"""

import traceback
from collections.abc import Iterator

import psycopg2
from sqlalchemy.exc import DBAPIError


def text_of(error: BaseException) -> str:
    """The error and what it came of, the first cause first, as Python prints them."""
    return "\n".join(_told(one, joint) for one, joint in reversed(list(_chain(error))))


def summary_of(error: BaseException) -> str:
    """The error in one line: its type and what it says."""
    return " ".join(f"{type(error).__name__}: {_message(error)}".split())


def _chain(error: BaseException) -> Iterator[tuple[BaseException, str]]:
    """The error and its causes, newest first, each with what stands between it and the next newer one."""
    seen: set[int] = set()
    joint = ""
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current, joint
        if current.__cause__ is not None:
            current, joint = current.__cause__, "\nFrom this came:\n"
        else:
            current = None if current.__suppress_context__ else current.__context__
            joint = "\nWhile that was handled:\n"


def _told(error: BaseException, joint: str) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    head = "Traceback (most recent call last):\n" if frames else ""
    return f"{head}{frames}{_name(error)}: {_message(error)}{joint}"


def _name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _message(error: BaseException) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg2.Error) and cause.pgcode is not None:
        return f"{cause.diag.message_primary} (SQLSTATE {cause.pgcode})"
    if isinstance(error, DBAPIError):
        return str(cause)
    return str(error)
