"""A new password, for somebody who knows the current one."""

import streamlit as st

from dashboard import auth
from dashboard.components import notices
from ingestion import health
from ingestion.accounts import Account
from ingestion.errors import IngestionError
from ingestion.rules import passwords


def show(account: Account) -> None:
    """The form. What is refused is said below it, and what was typed stays."""
    st.subheader("Change your password")
    with st.form("change_password", width=520, enter_to_submit=False):
        current = _field("Current password", "current-password")
        new = _field("New password", "new-password", passwords.RULE)
        again = _field("Repeat the new password", "new-password")
        is_sent = st.form_submit_button("Change password")
    st.caption("It ends your sessions in all other browsers.")
    if is_sent and (problem := _problem(account, current, new, again)):
        st.error(problem)


def _field(label: str, autocomplete: str, rule: str | None = None) -> str:
    return st.text_input(
        label, type="password", max_chars=passwords.LONGEST_TYPED, autocomplete=autocomplete, help=rule
    )


def _problem(account: Account, current: str, new: str, again: str) -> str | None:
    """Why the password is not changed; where it is, the page is drawn anew."""
    if not current:
        return "Enter your current password."
    if new.strip() != again.strip():
        return "The two new passwords differ. Type the same one twice."
    try:
        with health.answering():
            auth.change_password(account, current, new)
    except IngestionError as error:
        notices.unavailable(error)
        return str(error)
    notices.done("Your password is changed, and your other sessions have ended")
    return st.rerun()
