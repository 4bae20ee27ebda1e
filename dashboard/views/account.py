"""Who is signed in, and the way out."""

import streamlit as st

from dashboard import auth


def page() -> None:
    """Show the account and end its session."""
    account = auth.require_account()
    st.title("Account")
    with st.container(border=True, width=520):
        for label, value in (
            ("Name", f"{account.first_name} {account.last_name}"),
            ("E-mail", account.email),
            ("Role", account.role.capitalize()),
        ):
            named, shown = st.columns([1, 4])
            named.caption(label)
            shown.text(value)
    if auth.was_refused():
        st.error("You are still signed in: the product did not answer. Try again in a moment.")
    if st.button("Sign out", icon=":material/logout:"):
        auth.sign_out()
