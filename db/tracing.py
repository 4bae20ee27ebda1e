"""SQL as spans of OpenTelemetry: what was asked, of which table, and how long it took.

Only what is asked within a span is traced: neither a page's looks every few seconds nor a worker's signs of
life have one. The text of a statement has placeholders for its values, and the values are never told.
"""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import Pool

ROWS = "ingestion.rows"
"""The attribute that says how many rows a COPY brought."""

_SYSTEM = {"db.system.name": "postgresql"}
_LONGEST_TEXT = 1_000
"""Characters. A statement that inserts many rows repeats itself."""
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE|ANALYZE|TABLE|EXISTS)\s+(?!SELECT\b)([a-z_]+)", re.IGNORECASE)

_tracer = trace.get_tracer("data_ingestion.db")


class _Running(threading.local):
    """The statement or commit that this thread waits for."""

    span: Span | None = None


_running = _Running()


def trace_statements() -> None:
    """Have statements and commits of all engines, also of those made already, traced from now on."""
    for target, name, listener in LISTENERS:
        event.listen(target, name, listener)


@contextmanager
def copying(what: str) -> Iterator[Span]:
    """A span around a COPY, which SQLAlchemy knows nothing of; `what` is the table, or where rows go."""
    with _tracer.start_as_current_span(
        f"COPY {what}",
        kind=SpanKind.CLIENT,
        attributes=_SYSTEM | {"db.operation.name": "COPY"},
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield span
        except Exception as error:
            _mark(span, error)
            raise


def _begin(
    _connection: Connection,
    _cursor: object,
    statement: str,
    _parameters: object,
    _context: object,
    _many: bool,
) -> None:
    _begin_span(*_described(statement[:_LONGEST_TEXT]))


def _begin_commit(_connection: Connection) -> None:
    _begin_span("COMMIT", _SYSTEM | {"db.operation.name": "COMMIT"})


def _begin_span(name: str, attributes: dict[str, str]) -> None:
    _end()  # a commit after which the connection was kept
    if trace.get_current_span().is_recording():
        _running.span = _tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)


def _end(*_: object) -> None:
    if _running.span is not None:
        _running.span.end()
        _running.span = None


def _fail(raised: ExceptionContext) -> None:
    if _running.span is not None:
        _mark(_running.span, raised.original_exception)
    _end()


LISTENERS: tuple[tuple[type, str, Callable[..., None]], ...] = (
    (Engine, "before_cursor_execute", _begin),
    (Engine, "after_cursor_execute", _end),
    (Engine, "handle_error", _fail),
    (Engine, "commit", _begin_commit),
    # A connection goes back to its pool right after the commit, of whose end SQLAlchemy tells nobody.
    (Pool, "checkin", _end),
)


@lru_cache(maxsize=512)
def _described(statement: str) -> tuple[str, dict[str, str]]:
    """The name of a statement's span, and its attributes by OpenTelemetry's conventions for databases."""
    words = statement.split()
    operation = words[0].upper() if words else "SQL"
    attributes = _SYSTEM | {"db.operation.name": operation, "db.query.text": " ".join(words)}
    table = _TABLE.search(statement)
    if table is None:
        return operation, attributes
    return f"{operation} {table[1]}", attributes | {"db.collection.name": table[1]}


def _mark(span: Span, error: BaseException) -> None:
    """Its type and Postgres's code for it; never its words, which quote values."""
    span.set_attribute("error.type", type(error).__qualname__)
    if code := getattr(error, "pgcode", None):
        span.set_attribute("db.response.status_code", code)
    span.set_status(StatusCode.ERROR)
