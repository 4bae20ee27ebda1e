"""What a message that failed for good says: which job it was about, and what went wrong.

Messages are made by Dramatiq and brought by SQS, and nothing about a letter is certain: what cannot be read
is left blank, and the letter is kept as it is.
"""

import binascii
import datetime as dt
import json
from base64 import b64decode
from dataclasses import dataclass
from typing import Any

_LARGEST_ID = 2**63 - 1
_LONGEST_TRACEBACK = 20_000


@dataclass(frozen=True)
class Letter:
    """One message of the dead-letter queue. It belongs to no job where it cannot be read."""

    message_id: str
    """SQS's own."""
    sent_at: dt.datetime
    """To this queue, or to the first one if SQS itself moved it here."""
    actor: str
    """What the worker was asked to do; blank where that cannot be read."""
    job_id: int | None
    error: str
    """Of the last attempt, in one line; blank where the message carries none."""
    traceback: str
    body: str
    """The message as it came."""


def read_letter(message_id: str, sent_at: dt.datetime, body: str) -> Letter:
    """What can be told of a message; never raises."""
    message = _decoded(body)
    options = _dict(message.get("options"))
    traceback = _text(options.get("traceback"))[-_LONGEST_TRACEBACK:]
    lines = [line.strip() for line in traceback.splitlines() if line.strip()]
    return Letter(
        message_id=message_id,
        sent_at=sent_at,
        actor=_text(message.get("actor_name")),
        job_id=_job_id(message),
        error=lines[-1] if lines else "",
        traceback=traceback,
        body=body,
    )


def _decoded(body: str) -> dict[str, Any]:
    """dramatiq-sqs: the message's JSON in base64."""
    try:
        return _dict(json.loads(b64decode(body, validate=True)))
    except (binascii.Error, ValueError, RecursionError):
        return {}


def _job_id(message: dict[str, Any]) -> int | None:
    """Of the message, or of the one that it is about: a failed task is reported by a message of its own."""
    found = _dict(message.get("kwargs")).get("job_id")
    arguments = message.get("args")
    if found is None and isinstance(arguments, list) and arguments:
        found = _dict(_dict(arguments[0]).get("kwargs")).get("job_id")
    if not isinstance(found, int) or isinstance(found, bool):
        return None
    return found if 0 < found <= _LARGEST_ID else None


def _text(value: object) -> str:
    """A text that can be stored: JSON may spell characters that neither UTF-8 nor Postgres has."""
    return str(value or "").replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
