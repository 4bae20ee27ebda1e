"""Lines of the log: one an event, whoever logs it, with the ids of whose work it is, and nobody's data."""

import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

from ingestion.telemetry import context, logs
from tests.logged import Lines, lines_of


@pytest.fixture
def kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """What `tests.logged` and what is below it log; JSON unless a test asks otherwise."""
    monkeypatch.setattr(os, "isatty", lambda _: False)
    with lines_of("tests.logged", getattr(request, "param", "json")) as kept:
        yield kept


def only(kept: Lines) -> dict[str, Any]:
    (line,) = kept.lines
    assert "\n" not in line
    return dict(json.loads(line))


events = logs.get_logger("tests.logged")
theirs = logging.getLogger("tests.logged.library")


def test_an_event_is_one_object(kept: Lines) -> None:
    events.info("job_finished", rows=3, issues={"MISSING_EMAIL": 1})
    line = only(kept)
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info",
        "event": "job_finished",
        "logger": "tests.logged",
        "service": "worker",
        "rows": 3,
        "issues": {"MISSING_EMAIL": 1},
    }


def test_a_librarys_line_is_made_alike(kept: Lines) -> None:
    theirs.warning("%d of %s", 3, "five")
    line = only(kept)
    assert (line["level"], line["event"]) == ("warning", "3 of five")
    assert (line["logger"], line["service"]) == ("tests.logged.library", "worker")


@pytest.mark.parametrize("log", [events.exception, theirs.exception])
def test_an_exception_is_a_field_of_one_line(kept: Lines, log: Callable[[str], None]) -> None:
    try:
        try:
            raise KeyError("first")
        except KeyError as error:
            raise RuntimeError("second") from error
    except RuntimeError:
        log("broken")
    line = only(kept)
    assert (line["level"], line["event"]) == ("error", "broken")
    assert line["exception"].index("KeyError: 'first'") < line["exception"].index("RuntimeError: second")
    assert "test_logs.py" in line["exception"]


def test_what_is_below_the_level_is_not_logged(kept: Lines) -> None:
    events.debug("detail")
    assert kept.lines == []


def test_lines_carry_whose_work_it_is_and_no_longer(kept: Lines) -> None:
    with context.bound(job_id=7, user_id=None):
        with context.bound(request_id="abc"):
            theirs.info("within")
        events.info("around")
    events.info("after")
    within, around, after = kept.objects()
    assert (within["job_id"], within["request_id"]) == (7, "abc")
    assert around["job_id"] == 7
    assert {"user_id", "request_id"}.isdisjoint(around)
    assert "job_id" not in after


def test_ids_go_along_into_a_thread_only_when_carried(kept: Lines) -> None:
    with context.bound(job_id=7):
        for target in (lambda: events.info("alone"), context.carried(lambda: events.info("carried"))):
            thread = threading.Thread(target=target)
            thread.start()
            thread.join()
    alone, carried = kept.objects()
    assert "job_id" not in alone
    assert carried["job_id"] == 7


def test_lines_carry_the_trace_that_they_belong_to(kept: Lines) -> None:
    span = SpanContext(0xABC, 0xDEF, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    with trace.use_span(NonRecordingSpan(span)):
        events.info("traced")
    line = only(kept)
    assert (line["trace_id"], line["span_id"]) == (f"{0xABC:032x}", f"{0xDEF:016x}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ana.silva+x@kunde-mueller.co.uk", "[e-mail]"),
        ("josé@exämple.com is taken", "[e-mail] is taken"),
        ("<ana@x.com>,<bo@x.com>", "<[e-mail]>,<[e-mail]>"),
        ("postgresql://user:pass@host:5432/db", "postgresql://[password]@host:5432/db"),
        ("at 3 @ 5", "at 3 @ 5"),
    ],
)
def test_addresses_and_passwords_are_masked_wherever_they_are(kept: Lines, text: str, expected: str) -> None:
    theirs.info(text)
    events.info("event", value=text, nested={"list": [text]})
    try:
        raise ValueError(text)
    except ValueError:
        events.exception("raised")
    message, event, raised = kept.objects()
    assert message["event"] == event["value"] == event["nested"]["list"][0] == expected
    assert raised["exception"].endswith(f"ValueError: {expected}")


@pytest.mark.parametrize("kept", ["text"], indirect=True)
def test_at_a_terminal_a_line_reads_from_left_to_right(kept: Lines) -> None:
    with context.bound(job_id=7):
        events.warning("job_failed", error="UnreadableFile")
    (line,) = kept.lines
    assert line.split()[1:4] == ["[warning", "]", "job_failed"]
    assert line.endswith("[tests.logged] job_id=7 error=UnreadableFile")


@pytest.mark.parametrize("value", ["a\nb", "\u2028", "\ud800", "\x00", 'quote " and \\'])
def test_no_value_breaks_a_line(kept: Lines, value: str) -> None:
    events.info("odd", value=value)
    (line,) = kept.lines
    assert line.isascii()
    assert len(line.splitlines()) == 1
    assert json.loads(line)["value"] == value
