"""What the product has to tell after an action: kept over the rerun that the action causes."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard import resources
from dashboard.components.words import plain
from ingestion import health
from ingestion.errors import IngestionError, NotAllowed, NotFound

_DONE = "notice_done"
_REFUSED = "notice_refused"
_REFUSALS = "notice_refusals"


def done(message: str) -> None:
    """Tell of a success at the next run. The message is our own words; wrap people's text in `plain`."""
    st.session_state[_DONE] = message


def refused(message: str) -> None:
    """Tell of a refusal at the next run, beside others."""
    st.session_state.setdefault(_REFUSED, []).append(message)
    st.session_state[_REFUSALS] = refusals() + 1


def refusals() -> int:
    """How many refusals there were in this session."""
    number: int = st.session_state.get(_REFUSALS, 0)
    return number


def show() -> None:
    """Show what is to be told, once."""
    if message := st.session_state.pop(_DONE, None):
        st.toast(message, icon=":material/check:")
    for message in st.session_state.pop(_REFUSED, []):
        st.error(plain(message), icon=":material/block:")


@contextmanager
def attempt() -> Iterator[None]:
    """Run a use-case; what it refuses is told, not raised. So is it that something does not answer."""
    try:
        with health.answering():
            yield
    except IngestionError as error:
        unavailable(error)
        refused(str(error))


def is_told(error: Exception) -> bool:
    """Whether the error is of something that is not for whoever looks; then it is said, here and now."""
    if not isinstance(error, NotFound | NotAllowed):
        return False
    st.error(plain(str(error)), icon=":material/block:")
    return True


def unavailable(error: IngestionError) -> None:
    """Have an outage, if that is what the error is about, known to all pages."""
    if part := health.part_of(error):
        resources.watch().report(part)
