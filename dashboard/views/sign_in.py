"""The page of those who are not signed in, whatever address they asked for."""

from pathlib import Path

import streamlit as st

from dashboard import auth
from dashboard.auth_routes import USE_HTTPS

_LOGO = Path(__file__).parents[1] / "assets" / "logo.svg"


def page() -> None:
    """Sign in or create an account; afterwards the page that was asked for opens."""
    with (
        st.container(horizontal_alignment="center"),
        st.container(width=440, key="sign_in"),
    ):
        st.image(_LOGO, width=265)
        st.text(
            "Turn messy contact lists into clean ones: upload a CSV, settle what needs a person, download."
        )
        if auth.is_accepted():
            st.caption("Signing in…")
            auth.finish()
            return
        if auth.was_refused():
            st.error("Signing in took too long or was interrupted. Please sign in again.")
        if not auth.is_safe_here():
            st.error(USE_HTTPS)
            return
        entering, registering = st.tabs(["Sign in", "Create account"])
        with entering:
            auth.sign_in_form()
        with registering:
            auth.register_form()
