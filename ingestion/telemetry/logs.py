"""What is logged, and how a line reads: for people at a terminal, or as JSON for machines.

Whoever logs, the product through structlog or a library through the standard library, one handler writes it
and one chain of processors makes the line. `docs/logs.md` describes fields and events.
"""

import datetime as dt
import logging
import os
import re
import sys
import threading
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog
from opentelemetry import trace
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.typing import Processor

from ingestion.settings import Settings
from ingestion.telemetry import tracebacks

Event = MutableMapping[str, Any]

_LOUD = ("botocore", "boto3", "urllib3", "s3transfer", "asyncio", "watchdog", "httpcore", "httpx")
"""Below WARNING these tell of every connection that they make."""
_FIRST = (
    *("time", "level", "event", "logger", "service"),
    *("job_id", "user_id", "request_id", "trace_id", "span_id"),
)
_ADDRESS = re.compile(r"[\w.+%'-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PASSWORD = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]*(?=@)")

_EVENTS: list[Processor] = [structlog.stdlib.filter_by_level, ProcessorFormatter.wrap_for_formatter]
"""All that happens where something is logged; the rest is the handler's, alike for every line."""


def get_logger(name: str) -> BoundLogger:
    """A logger for events: `logger.info("job_finished", rows=3)`. Silent below WARNING until `configure`."""
    logger: BoundLogger = structlog.wrap_logger(
        logging.getLogger(name), processors=_EVENTS, wrapper_class=BoundLogger
    )
    return logger


def configure(settings: Settings, service: str, handler: logging.Handler | None = None) -> None:
    """Have every line of this process, whoever logs it, go to `handler` in the settings' format.

    Without one it goes to standard error.

    Takes the place of the handlers that dramatiq, Lambda or anybody else had set up. May be called again.
    """
    handler = handler or _ToStandardError()
    handler.setFormatter(formatter(settings.log_format, service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for name in _LOUD:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(True)
    structlog.configure(
        processors=_EVENTS, wrapper_class=BoundLogger, logger_factory=structlog.stdlib.LoggerFactory()
    )
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _log_the_end
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _log_the_end_of_a_thread


def apart(file: Path | None) -> logging.Handler:
    """Writes to the end of a file; without one nowhere. Raises OSError at once where it cannot be opened."""
    return logging.FileHandler(file, encoding="utf-8") if file else logging.NullHandler()


def formatter(log_format: str, service: str) -> logging.Formatter:
    """Makes lines of log records, `text` or `json`, for a process of this name."""

    def named(_logger: Any, _method: str, event: Event) -> Event:
        event["service"] = service
        return event

    ending = _as_json() if log_format == "json" else _as_text()
    return ProcessorFormatter(
        processors=[_described, structlog.contextvars.merge_contextvars, named, _traced, _explained, *ending]
    )


class _ToStandardError(logging.StreamHandler[TextIO]):
    """Writes to what `sys.stderr` is at that moment: dramatiq gives its worker processes another one."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Where lines go."""
        return sys.stderr


def _described(_logger: Any, _method: str, event: Event) -> Event:
    """Who logged it, when and how grave it is."""
    record: logging.LogRecord = event.pop("_record")
    del event["_from_structlog"]
    event["level"] = record.levelname.lower()
    event["logger"] = record.name
    at = dt.datetime.fromtimestamp(record.created, dt.UTC)
    event["time"] = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return event


def _traced(_logger: Any, _method: str, event: Event) -> Event:
    """The trace that it belongs to, where something is traced."""
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event["trace_id"] = trace.format_trace_id(span.trace_id)
        event["span_id"] = trace.format_span_id(span.span_id)
    return event


def _explained(_logger: Any, _method: str, event: Event) -> Event:
    """The exception as one text; no stack of a place where nothing failed."""
    error = event.pop("exc_info", None)
    if error is True or isinstance(error, tuple):
        error = (sys.exc_info() if error is True else error)[1]
    if isinstance(error, BaseException):
        event["exception"] = tracebacks.text_of(error)
    event.pop("stack_info", None)
    return event


def _without_secrets(_logger: Any, _method: str, event: Event) -> Event:
    """A last net: whatever a library says, no e-mail address and no password of an address goes out."""
    return {name: _masked(value) for name, value in event.items()}


def _masked(value: Any) -> Any:
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, dict):
        return {str(name): _masked(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(one) for one in value]
    text = str(value)
    return _ADDRESS.sub("[e-mail]", _PASSWORD.sub("[password]", text)) if "@" in text else text


def _in_order(_logger: Any, _method: str, event: Event) -> Event:
    known = {name: event.pop(name) for name in _FIRST if event.get(name) is not None}
    return {**known, **event}


def _as_json() -> list[Processor]:
    return [_without_secrets, _in_order, structlog.processors.JSONRenderer()]


def _as_text() -> list[Processor]:
    def on_one_terminal(_logger: Any, _method: str, event: Event) -> Event:
        del event["service"]
        return event

    return [
        on_one_terminal,
        _without_secrets,
        _in_order,
        structlog.dev.ConsoleRenderer(colors=os.isatty(2), timestamp_key="time", sort_keys=False),
    ]


def _log_the_end(_kind: type[BaseException], error: BaseException, _traceback: object) -> None:
    """In the place of Python's own words for what nobody caught, which take many lines."""
    if isinstance(error, KeyboardInterrupt):
        return
    get_logger(__name__).critical("process_failed", exc_info=error)


def _log_the_end_of_a_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        name = ended.thread.name if ended.thread else None
        get_logger(__name__).error("thread_failed", thread=name, exc_info=ended.exc_value)
