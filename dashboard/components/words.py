"""The words that people read on pages: those of the product, and what a page adds to them."""

import datetime as dt
import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from ingestion.rules.lifecycle import JobStatus
from ingestion.viewing import Upload
from ingestion.words import (
    ANSWER,
    ANSWERED,
    DECISION,
    OUTCOME,
    ROLE,
    ROLE_MEANS,
    ROLE_WITH_ARTICLE,
    ROWS,
    STATUS,
    TASK,
    WAITS_FOR_COLUMNS,
    WHOSE,
    count,
    decision,
    duration,
    ending,
    pace,
    revealed,
    size,
    status,
)

__all__ = [
    "ANSWER",
    "ANSWERED",
    "DECISION",
    "OUTCOME",
    "ROLE",
    "ROLE_MEANS",
    "ROLE_WITH_ARTICLE",
    "ROWS",
    "STATUS",
    "STATUS_COLOR",
    "TASK",
    "WAITS_FOR_COLUMNS",
    "WHOSE",
    "count",
    "decision",
    "duration",
    "ending",
    "instant",
    "local",
    "midnight",
    "moment",
    "pace",
    "plain",
    "size",
    "status",
    "status_color",
]

STATUS_COLOR = {
    JobStatus.UPLOADING: "blue",
    JobStatus.PENDING: "gray",
    JobStatus.PROCESSING: "blue",
    JobStatus.NEEDS_REVIEW: "orange",
    JobStatus.FINALIZING: "blue",
    JobStatus.COMPLETED: "green",
    JobStatus.FAILED: "red",
}

# Not all punctuation: a label is also read out, backslashes and all, and an underscore between letters, or a
# hyphen within a line, renders nothing.
_MARKDOWN = re.compile(r"([!#$&()*.:<>@\[\\\]^`{|}~]|(?<![^\W_])_|_(?![^\W_])|^[-+])")
# What Streamlit looks for once Markdown is parsed, when no backslash is left: addresses, which become links,
# names of icons and emoji, and arrows and dashes, which become other characters.
_LOOKED_FOR = re.compile(r"(?i:www(?=\.))|@(?=[-\w])|:(?=[^\W\d]|[-+/])|[-<>=~](?=[-<>=])")
_WORD_JOINER = "\u2060"


def plain(text: str) -> str:
    """People's text for a place that renders Markdown, so that all of it is shown and none of it rendered.

    CommonMark 0.31 §2.4: a backslash before ASCII punctuation makes it literal. An invisible character parts
    what would still be taken for a link, an icon or an arrow; those that were in the text are shown.
    """
    parted = _LOOKED_FOR.sub(rf"\g<0>{_WORD_JOINER}", revealed(text))
    return _MARKDOWN.sub(r"\\\1", parted)


def status_color(upload: Upload) -> str:
    """The colour of these words."""
    return STATUS_COLOR[JobStatus.NEEDS_REVIEW if upload.awaits_columns else upload.status]


def local(time: dt.datetime) -> dt.datetime:
    """The time in the zone of the person looking."""
    return time.astimezone(_zone())


def midnight(day: dt.date) -> dt.datetime:
    """When a day begins for the person looking."""
    return dt.datetime.combine(day, dt.time.min, _zone())


def _zone() -> dt.tzinfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return dt.UTC


def moment(time: dt.datetime) -> str:
    """`23 Nov 2026, 17:42` in the viewer's zone."""
    there = local(time)
    return f"{there.day} {there:%b %Y, %H:%M}"


def instant(time: dt.datetime) -> str:
    """The same to the second: `23 Nov 2026, 17:42:05`."""
    return f"{moment(time)}:{time:%S}"
