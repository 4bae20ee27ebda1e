"""Who is signed in and where, the password, and the way out."""

import streamlit as st

from dashboard import auth
from dashboard.components import notices, password_form, sign_ins


def page() -> None:
    """Show the account and its sessions; change the password; end sessions."""
    account = auth.require_account()
    notices.show()
    st.title("Account")
    with st.container(border=True, width=520):
        for label, value in (
            ("Name", f"{account.first_name} {account.last_name}"),
            ("E-mail", account.email),
            ("Role", account.role.capitalize()),
        ):
            # The key is what the style sheet knows such lines by.
            with st.container(horizontal=True, vertical_alignment="center", key=f"in_line_{label}"):
                st.caption(label, width=80)
                st.text(value, width="stretch")
    if auth.was_refused():
        st.error("You are still signed in: the product did not answer. Try again in a moment.")
    if st.button("Sign out", icon=":material/logout:"):
        auth.sign_out()
    sign_ins.show(account)
    password_form.show(account)
