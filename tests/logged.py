"""What is logged, line by line, as a process would write it."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ingestion.telemetry import logs


class Lines(logging.Handler):
    """Keeps lines in the place of writing them."""

    def __init__(self, log_format: str) -> None:
        super().__init__()
        self.setFormatter(logs.formatter(log_format, "worker"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.lines.append(self.format(record))

    def objects(self) -> list[dict[str, Any]]:
        """The lines, read."""
        return [json.loads(line) for line in self.lines]


@contextmanager
def lines_of(logger: str, log_format: str = "json") -> Iterator[Lines]:
    """What this logger and those below it log within, from INFO on."""
    handler, source = Lines(log_format), logging.getLogger(logger)
    before = source.level
    source.addHandler(handler)
    source.setLevel(logging.INFO)
    try:
        yield handler
    finally:
        source.removeHandler(handler)
        source.setLevel(before)


@contextmanager
def nothing_logged() -> Iterator[None]:
    """Meanwhile no line is written, wherever tests before have this process log to."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
