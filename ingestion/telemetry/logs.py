"""What is logged, and how a line reads: for people at a terminal, or as JSON for machines."""

import logging
import os
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from opentelemetry import trace
from structlog.typing import Processor

from ingestion.settings import Settings

_THEIRS_ARE_LOUD = ("botocore", "boto3", "urllib3", "s3transfer", "asyncio", "watchdog")
"""At INFO and below these tell of every connection."""

_ORDER = (
    "time",
    "level",
    "event",
    "logger",
    "service",
    "job_id",
    "user_id",
    "request_id",
    "trace_id",
    "span_id",
)


class _ToStandardError(logging.StreamHandler[TextIO]):
    """Writes to what `sys.stderr` is at that moment: dramatiq gives its worker processes another one."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        """Where lines go."""
        return sys.stderr


def configure(settings: Settings, service: str) -> None:
    """Have every line of this process, whoever logs it, go to standard error in one format.

    Takes the place of whatever dramatiq, Lambda or anybody else had set up. May be called again.
    """
    shared = _shared(service)
    handler = _ToStandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_ending(settings.log_format),
            ],
        )
    )
    root = logging.getLogger()
    for other in list(root.handlers):
        root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(settings.log_level)
    for name in _THEIRS_ARE_LOUD:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _shared(service: str) -> list[Processor]:
    """What a line is given, whether it was logged by us or by a library."""

    def named(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["service"] = service
        return event

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        named,
        _traced,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]


def _traced(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event["trace_id"] = trace.format_trace_id(span.trace_id)
        event["span_id"] = trace.format_span_id(span.span_id)
    return event


def _ending(log_format: str) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
    return [structlog.dev.ConsoleRenderer(colors=os.isatty(2), timestamp_key="time")]
