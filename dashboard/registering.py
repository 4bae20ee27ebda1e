"""The forms by which people make their account, with an invitation or without, and by which they get back in.

The form that everybody may fill in is streamlit-authenticator's. An invitation's has its address already, for
which that form has no place; checking and storing are the package's and ours in both.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit_authenticator.utilities import RegisterError

from dashboard import auth, links, resources
from dashboard.authenticator import TAKEN, Forms, Newcomers
from dashboard.components import words
from ingestion import access_links, health, resets
from ingestion.errors import DatabaseUnavailable, PasswordRefused, SignInRefused
from ingestion.rules import passwords

_WORDS = {
    "First name is not valid": "Enter your first name, of at most 100 characters.",
    "Last name is not valid": "Enter your last name, of at most 100 characters.",
    "Email is not valid": "Enter a complete e-mail address, such as ana@example.com.",
    "Password/repeat password fields cannot be empty": "Choose a password and repeat it.",
    "Passwords do not match": "The two passwords differ. Type the same one twice.",
    TAKEN: "There is already an account with this e-mail address. Sign in instead.",
}

_CANNOT_REGISTER = (
    "The database does not answer, so it is not certain that your account was made. What you typed stays "
    "here: try again in a moment."
)
_CANNOT_SET = (
    "The database does not answer, so it is not certain that your new password is set. Try again in a "
    "moment: if the link is not good any more then, it is set."
)


def open_form() -> None:
    """The form for a new account. Registering signs in at once."""
    newcomers = Newcomers()
    with _refusals(_CANNOT_REGISTER):
        email, _, _ = Forms(newcomers).register_user(
            captcha=False,
            password_hint=False,
            merge_username_email=True,
            fields={
                "Form name": "Create your account",
                "Email": "E-mail",
                "Repeat password": "Repeat the password",
                "Register": "Create account",
            },
        )
        if email:
            auth.accept(email, newcomers.password_hash)
    if auth.is_accepted():
        st.rerun()


def invited_form(token: str) -> None:
    """The form for a new account by an invitation, for its address only. Registering signs in at once.

    Raises SignInRefused if the invitation is not good.
    """
    invitation = access_links.invitation(resources.sessions(), resources.settings().registration, token)
    with st.form("Register invited"):
        st.subheader("Create your account")
        st.text(invitation.email)
        first, last = st.columns(2)
        first_name = first.text_input("First name", autocomplete="given-name")
        last_name = last.text_input("Last name", autocomplete="family-name")
        password, again = _new_password()
        st.caption(f"You are invited as {words.ROLE_WITH_ARTICLE[invitation.role]}.")
        if not st.form_submit_button("Create account"):
            return
    newcomers = Newcomers(token)
    with _refusals(_CANNOT_REGISTER):
        Forms(newcomers).register_invited(
            first_name=first_name, last_name=last_name, email=invitation.email, password=password, again=again
        )
        auth.accept(invitation.email, newcomers.password_hash)
    if auth.is_accepted():
        links.leave()
        st.rerun()


def reset_form(token: str) -> bool:
    """The form for a new password by a link; whether one was set just now.

    Raises SignInRefused if the link is not good.
    """
    email = resets.owner_of(resources.sessions(), token)
    with st.form("Set password"):
        st.subheader("Set a new password")
        st.text(email)
        password, again = _new_password()
        st.caption("This ends all sessions of the account, wherever it is signed in.")
        if not st.form_submit_button("Set the password"):
            return False
    with _refusals(_CANNOT_SET):
        if password != again:
            raise SignInRefused(_WORDS["Passwords do not match"])
        resets.set_password(resources.sessions(), token, password)
        return True
    return False


def _new_password() -> tuple[str, str]:
    chosen, repeated = st.columns(2)
    return (
        chosen.text_input("Password", type="password", help=passwords.RULE, autocomplete="new-password"),
        repeated.text_input("Repeat the password", type="password", autocomplete="new-password"),
    )


@contextmanager
def _refusals(cannot: str) -> Iterator[None]:
    """Say what is refused, and by `cannot` that the database does not answer, in the place of raising it."""
    try:
        with health.answering():
            yield
    except RegisterError as refusal:
        st.error(_WORDS.get(str(refusal), str(refusal)))
    except (SignInRefused, PasswordRefused) as refusal:
        st.error(str(refusal))
    except DatabaseUnavailable:
        st.warning(cannot, icon=":material/cloud_off:")
