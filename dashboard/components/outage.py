"""What people see while the database, the file store or the queue does not answer."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard import resources, runs
from dashboard.components import notices, words
from ingestion import health
from ingestion.health import Part
from ingestion.telemetry import tracebacks
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

REFRESH_SECONDS = 2
_ICON = ":material/cloud_off:"

_MEANS = {
    Part.DATABASE: "What is stored is safe, and you stay signed in. What you did last may not have been "
    "stored: look when the page is back.",
    Part.STORE: "Nothing can be uploaded, and stored files cannot be read, until it does.",
    Part.QUEUE: "Stored files wait, and are processed as soon as it does.",
}


@contextmanager
def boundary() -> Iterator[None]:
    """Around a page or a fragment: says what does not answer, in place of what needs it, and ends the run.

    What has been drawn stays, and the page comes back by itself. What is not, or no longer, for whoever looks
    is said in the same way. Other errors go on their way.
    """
    try:
        yield
    except Exception as error:
        if not (notices.is_told(error) or is_told(error)):
            raise
    else:
        return
    # Not a return: at the end of a run Streamlit forgets what was typed into fields that were not drawn.
    st.stop()


def is_told(error: Exception) -> bool:
    """Whether the error is of something that does not answer; then the page says so."""
    part = health.part_of(error)
    if part is None:
        return False
    logger.warning("page_waits", part=str(part), error=tracebacks.summary_of(error))
    resources.watch().report(part)
    wait_for(part)
    return True


def wait_for(part: Part) -> None:
    """Say that a page cannot be shown without this, and show it once it can."""
    st.fragment(_wait, run_every=REFRESH_SECONDS)(part, time.monotonic())


def banner() -> None:
    """Say what else does not answer, above a page that can be shown, for as long as that is so."""
    if down := _beside_database():
        st.fragment(_banner, run_every=REFRESH_SECONDS)(down)


def waits_for_queue() -> None:
    """Say why a stored file is not being processed, where that is the reason."""
    if resources.watch().since(Part.QUEUE):
        st.caption("The queue does not answer. This file is stored, and is processed as soon as it does.")


def _wait(part: Part, shown_at: float) -> None:
    # Never at once: where a look succeeds and the page does not, it would run again without a pause.
    if time.monotonic() - shown_at > REFRESH_SECONDS / 2 and resources.watch().since(part) is None:
        runs.again()
    with st.container(width=720):
        _say(part)
        st.caption(
            "This page looks again every few seconds and comes back by itself. You need not reload it."
        )


def _banner(shown: list[Part]) -> None:
    if _beside_database() != shown:
        runs.again()
    for part in shown:
        _say(part)


def _beside_database() -> list[Part]:
    return [part for part in resources.watch().down() if part is not Part.DATABASE]


def _say(part: Part) -> None:
    since = resources.watch().since(part)
    when = f" (since {words.moment(since)})" if since else ""
    st.warning(f"**The {part} does not answer**{when}. {_MEANS[part]}", icon=_ICON)
