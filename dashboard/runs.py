"""What one run of a page's script, or of a callback or fragment of it, is called in the log, and why it runs.

Streamlit runs each in a thread that knows nothing of the request or socket that it is for. Every run gets an
id of its own, from its first look at who is signed in on, which whatever shows or does something begins with.
"""

from contextvars import ContextVar
from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ingestion.telemetry import context

_named: ContextVar[object] = ContextVar("named", default=None)
"""What Streamlit makes anew for the run that has its id already."""
_BY_ITSELF = "runs_by_itself"


def begin(user_id: int | None) -> None:
    """Have what is logged in the present run carry an id, and the user's. May be called again and again."""
    streamlits = get_script_run_ctx(suppress_warning=True)
    if streamlits is None:  # no run at all
        return
    run = streamlits.parallel_coordinator  # a new one each time, for callbacks, pages and fragments alike
    if _named.get() is not run:
        _named.set(run)
        context.bind(request_id=context.new_request_id())
    context.bind(user_id=user_id)


def again() -> NoReturn:
    """Run the whole page again because something has changed without anybody's doing."""
    st.session_state[_BY_ITSELF] = True
    st.rerun()


def is_by_itself() -> bool:
    """Whether the present run was asked for by `again`, and so by nobody. Said once."""
    return bool(st.session_state.pop(_BY_ITSELF, False))
