"""The page of those who are not signed in, whatever address they asked for, and of who follows a link."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import streamlit as st

from dashboard import auth, links, registering, resources
from dashboard.auth_routes import USE_HTTPS
from dashboard.components import outage, words
from dashboard.links import Followed
from ingestion import health, registration
from ingestion.access_links import LinkKind
from ingestion.accounts import Account
from ingestion.errors import DatabaseUnavailable, SignInRefused

_LOGO = Path(__file__).parents[1] / "assets" / "logo.svg"
_PASSWORD_SET = "password_set"  # noqa: S105  a name within the page
_FOUND_ACCOUNTS = "found_accounts"
_WIDTH = 440
_SIGN_IN, _CREATE = "Sign in", "Create account"

_FIRST_ACCOUNT = "python -m ingestion.users add YOU@EXAMPLE.COM \\\n  --first-name FIRST --last-name LAST"


def page() -> None:
    """Sign in or create an account; afterwards the page that was asked for opens."""
    with _narrow():
        if auth.is_accepted():
            st.caption("Signing in…")
            auth.finish()
            return
        if auth.was_refused():
            st.error("Signing in took too long or was interrupted. Please sign in again.")
        if not auth.is_safe_here():
            st.error(USE_HTTPS)
            return
        if link := links.followed():
            _follow(link)
        else:
            _forms()
            auth.forget()


def page_for(account: Account, link: Followed) -> None:
    """What somebody gets who opens a link while signed in: it is for who is not, so they choose."""
    with st.container(horizontal_alignment="center"), st.container(width=_WIDTH):
        st.subheader("You are signed in")
        st.text(f"{account.first_name} {account.last_name} ({account.email})")
        what = "sets a new password" if link.kind is LinkKind.RESET else "makes a new account"
        st.text(f"The link that you opened {what}. To use it, sign out first.")
        if auth.was_refused():
            st.error("You are still signed in: the product did not answer. Try again in a moment.")
        with st.container(horizontal=True):
            leaves = st.button("Sign out and use the link", type="primary", icon=":material/logout:")
            if st.button("Stay signed in"):
                links.leave()
                st.rerun()
        if leaves:
            auth.sign_out(then=link.address)


@contextmanager
def _narrow() -> Iterator[None]:
    with (
        st.container(horizontal_alignment="center"),
        st.container(width=_WIDTH, key="sign_in"),
    ):
        st.image(_LOGO, width=265)
        st.text(
            "Turn messy contact lists into clean ones: upload a CSV, settle what needs a person, download."
        )
        yield


@outage.boundary()
def _follow(link: Followed) -> None:
    try:
        if link.kind is LinkKind.INVITATION:
            registering.invited_form(link.token)
        elif registering.reset_form(link.token):
            st.session_state[_PASSWORD_SET] = True
            links.leave()
            st.rerun()
    except SignInRefused as refusal:
        st.error(str(refusal), icon=":material/link_off:")
    if st.button("Go to sign-in", type="tertiary", icon=":material/arrow_back:"):
        links.leave()
        st.rerun()


def _forms() -> None:
    _tell_how_it_came_to_this()
    is_new = not _has_accounts()
    mode = resources.settings().registration
    if mode == "open":
        entering, registering_ = st.tabs([_SIGN_IN, _CREATE], default=_CREATE if is_new else _SIGN_IN)
        with entering:
            auth.sign_in_form()
        with registering_:
            if is_new:
                st.info("There is no account yet. The first one is the administrator's.")
            registering.open_form()
        return
    if is_new:
        _tell_of_command()
        return
    auth.sign_in_form()
    st.caption(
        "No account? Ask an administrator for an invitation."
        if mode == "invite"
        else "No account? Only whoever runs this installation makes one."
    )


def _tell_how_it_came_to_this() -> None:
    if st.session_state.pop(_PASSWORD_SET, False):
        st.success("Your new password is set. Sign in with it.")
    elif auth.has_ended_all():
        st.success("You are signed out everywhere.")
    else:
        with suppress(DatabaseUnavailable):
            if ended := auth.ending():
                st.info(words.ending(ended), icon=":material/logout:")


def _tell_of_command() -> None:
    st.info("There is no account yet. Whoever runs this installation makes the first one with a command:")
    st.code(_FIRST_ACCOUNT, language=None)
    st.caption(
        "Where the product was started by python3 run.py, write python3 run.py users in the place of"
        " python -m ingestion.users."
    )
    st.button("It is made: sign in", icon=":material/login:")


def _has_accounts() -> bool:
    """Asked until there is one: accounts are never deleted."""
    if not st.session_state.get(_FOUND_ACCOUNTS):
        try:
            with health.answering():
                st.session_state[_FOUND_ACCOUNTS] = registration.has_accounts(resources.sessions())
        except DatabaseUnavailable:
            return True  # whoever types into a form now is told by the form
    return bool(st.session_state[_FOUND_ACCOUNTS])
