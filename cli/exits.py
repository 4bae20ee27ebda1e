"""How a command ends: its exit code, and what is said of an error."""

import json
import sys
from enum import IntEnum, unique

import click
from sqlalchemy.exc import DBAPIError

from cli.showing import lines_of, say
from ingestion import health
from ingestion.errors import DatabaseUnavailable, IngestionError, InvalidSettings, Unavailable
from ingestion.health import DATABASE_MESSAGE
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)


@unique
class Code(IntEnum):
    """Exit codes. `docs/command-line.md` and the help of `ingest` list them."""

    DONE = 0
    REFUSED = 1
    """With a reason."""
    NOT_UNDERSTOOD = 2
    NOT_SIGNED_IN = 3
    UNAVAILABLE = 4
    """The installation does not answer, or none is named."""
    FAILED = 5
    """What was waited for failed."""
    WAITS = 6
    """What was waited for waits for a person."""
    BROKEN = 70
    """By a mistake of ours. EX_SOFTWARE of sysexits.h."""
    INTERRUPTED = 130
    PIPE_CLOSED = 141
    """Nobody reads any more: 128 + SIGPIPE, as the shell has it of other programs."""


class NotSignedIn(IngestionError):
    """Nobody is signed in here, or not any more."""


class Ended(click.exceptions.Exit):
    """The command ends with this code, and has said why."""


def told(error: Exception, *, as_json: bool) -> Code:
    """Say on standard error what went wrong; how the process ends. `as_json` for programs."""
    code, kind, message = _explained(error)
    details = getattr(error, "details", {})
    if as_json:
        text = json.dumps({"error": {"kind": kind, "message": message, **details}})
        print(text, file=sys.stderr)
    elif isinstance(error, click.UsageError):
        error.show()
    else:
        for line in lines_of(message):
            say(line)
    return code


def code_of(error: Exception) -> Code:
    """How a process ends that this error ends."""
    return _explained(error)[0]


def _explained(error: Exception) -> tuple[Code, str, str]:
    kind = type(error).__name__.lstrip("_")
    if isinstance(error, click.ClickException):
        return Code.NOT_UNDERSTOOD, "Usage", error.format_message()
    if isinstance(error, NotSignedIn):
        return Code.NOT_SIGNED_IN, kind, str(error)
    if health.is_outage(error) and not isinstance(error, IngestionError):
        return Code.UNAVAILABLE, DatabaseUnavailable.__name__, DATABASE_MESSAGE
    if isinstance(error, IngestionError):
        is_unavailable = isinstance(error, Unavailable | InvalidSettings)
        return Code.UNAVAILABLE if is_unavailable else Code.REFUSED, kind, str(error)
    return _unexpected(error, kind)


def _unexpected(error: Exception, kind: str) -> tuple[Code, str, str]:
    if isinstance(error, DBAPIError):
        # Of an older or newer version, most likely. The first line quotes no value.
        first = str(error.orig).strip().partition("\n")[0]
        return Code.UNAVAILABLE, kind, f"The database does not answer as it should: {first}"
    if isinstance(error, OSError):
        where = f": {error.filename}" if error.filename else ""
        return Code.REFUSED, kind, f"{error.strerror or error}{where}"
    logger.critical("process_failed", exc_info=error)
    return Code.BROKEN, kind, f"A mistake of the program ({kind}). Run it with --log FILE, and look there."
