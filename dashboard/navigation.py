"""From one page to another."""

from collections.abc import Mapping
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import Page

_PAGES = "pages"


def publish(pages: Mapping[str, Page]) -> None:
    """Make this run's pages known by their names."""
    st.session_state[_PAGES] = dict(pages)


def open_page(name: str, *, job_id: int | None = None) -> NoReturn:
    """Go to a page, about an upload if one is given. Only outside of callbacks, as Streamlit has it."""
    st.switch_page(
        st.session_state[_PAGES][name], query_params={} if job_id is None else {"job": str(job_id)}
    )


def asked_for_job() -> int | None:
    """The upload that the address names, if it names one."""
    asked = st.query_params.get("job", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
