"""Statements as spans: which are told, and what is told of them."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import bindparam, event, text
from sqlalchemy.exc import DataError

from db import tracing
from db.copying import copy_in, copy_out
from db.engine import Sessions

NOT_A_NUMBER = text("SELECT CAST(:value AS integer)")


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, sessions: Sessions) -> Iterator[TracerProvider]:  # noqa: ARG001
    provider = TracerProvider(shutdown_on_exit=False)
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("tests"))
    tracing.trace_statements()  # the engine was made before
    yield provider
    for target, name, listener in tracing.LISTENERS:
        event.remove(target, name, listener)
    provider.shutdown()


@pytest.fixture
def made(provider: TracerProvider) -> InMemorySpanExporter:
    kept = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    return kept


@pytest.fixture
def task(provider: TracerProvider, made: InMemorySpanExporter) -> Iterator[None]:  # noqa: ARG001
    """The test runs within a span, as a task does."""
    with provider.get_tracer("tests").start_as_current_span("task"):
        yield


def spans(made: InMemorySpanExporter) -> list[ReadableSpan]:
    return list(made.get_finished_spans())


@pytest.mark.usefixtures("task")
def test_a_transaction_is_told_to_its_end(made: InMemorySpanExporter, sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.execute(text("SELECT id FROM jobs WHERE id = :id"), {"id": 7})
    select, commit = spans(made)
    assert (select.name, commit.name) == ("SELECT jobs", "COMMIT")
    assert select.attributes == {
        "db.system.name": "postgresql",
        "db.operation.name": "SELECT",
        "db.collection.name": "jobs",
        "db.query.text": "SELECT id FROM jobs WHERE id = %(id)s",
    }


def test_what_nobody_waits_for_is_not_told(made: InMemorySpanExporter, sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.execute(text("SELECT id FROM jobs"))
    assert spans(made) == []


@pytest.mark.usefixtures("task")
def test_a_failed_statement_is_told_by_its_code_and_not_in_its_words(
    made: InMemorySpanExporter, sessions: Sessions
) -> None:
    with pytest.raises(DataError, match="ana@example"), sessions.begin() as session:
        session.execute(NOT_A_NUMBER, {"value": "ana@example.com"})
    (span,) = spans(made)
    assert not span.status.is_ok
    assert span.attributes is not None
    assert span.attributes["db.response.status_code"] == "22P02"
    assert "ana" not in span.to_json()


@pytest.mark.usefixtures("task")
def test_a_long_statement_is_cut(made: InMemorySpanExporter, sessions: Sessions) -> None:
    among = text("SELECT id FROM jobs WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))
    with sessions() as session:
        session.execute(among, {"ids": list(range(5_000))})
    (span,) = spans(made)
    assert span.attributes is not None
    assert len(str(span.attributes["db.query.text"])) <= 1_000


@pytest.mark.usefixtures("task")
def test_a_copy_is_told_with_its_rows(made: InMemorySpanExporter, sessions: Sessions) -> None:
    lines = iter([b'1\x02%d\x02ana@example.com\x02t\x02["ana@example.com"]\n' % number for number in (2, 3)])
    columns = ("job_id", "row_number", "normalized_email", "is_valid", "data_json")
    with sessions() as session:
        copy_in(session, "raw_rows", columns, lines)
        copy_out(session, "SELECT 'ana@example.com' FROM raw_rows", BytesIO())
    assert [(span.name, (span.attributes or {})["ingestion.rows"]) for span in spans(made)] == [
        ("COPY raw_rows", 2),
        ("COPY TO STDOUT", 2),
    ]
    assert not any("ana" in span.to_json() for span in spans(made))


@pytest.mark.usefixtures("task")
def test_a_copy_that_breaks_off_is_told_and_raises_what_broke_it(
    made: InMemorySpanExporter, sessions: Sessions
) -> None:
    def broken() -> Iterator[bytes]:
        yield b"1\n"
        raise ValueError("ana@example.com")

    with sessions() as session, pytest.raises(ValueError, match="ana"):
        copy_in(session, "raw_rows", ("job_id",), broken())
    (span,) = spans(made)
    assert not span.status.is_ok
    assert "ana" not in span.to_json()


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("SELECT jobs.id \nFROM jobs WHERE jobs.id = %(id_1)s", "SELECT jobs"),
        ("INSERT INTO raw_rows (job_id) VALUES (%(job_id)s)", "INSERT raw_rows"),
        ("update jobs SET status=%(status)s", "UPDATE jobs"),
        ("ANALYZE raw_rows (job_id)", "ANALYZE raw_rows"),
        ("SELECT 1 FROM (SELECT x FROM issues) AS found", "SELECT issues"),
        ("SELECT pg_try_advisory_xact_lock(%(key)s)", "SELECT"),
        ("", "SQL"),
    ],
)
def test_a_statement_is_named_by_what_it_does_to_which_table(statement: str, name: str) -> None:
    assert tracing._described(statement)[0] == name
