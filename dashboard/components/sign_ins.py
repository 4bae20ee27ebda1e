"""Where somebody is signed in, and the way out of each."""

import streamlit as st

from dashboard import auth, resources
from dashboard.components import notices, words
from ingestion import sessions as web_sessions
from ingestion.accounts import Account
from ingestion.sessions import SignIn


def show(account: Account) -> None:
    """The account's open sessions: in which browser, from where, since when."""
    st.subheader("Where you are signed in")
    shown = web_sessions.listed(resources.sessions(), account.id, auth.session_token())
    for sign_in in sorted(shown, key=lambda sign_in: not sign_in.is_this):
        _one(sign_in)
    settings = resources.settings()
    st.caption(
        f"A session ends {words.count(settings.session_idle_minutes, 'minute')} after you last did something "
        f"in it, and in any case after {words.count(settings.session_hours, 'hour')}."
    )
    st.button(
        "Sign out everywhere",
        icon=":material/logout:",
        help="Ends all sessions, this one too.",
        on_click=_end_all,
    )


def _one(sign_in: SignIn) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", width=720):
        with st.container(gap=None):
            st.text(sign_in.browser + (" · this one" if sign_in.is_this else ""))
            came = f"from {sign_in.address}, " if sign_in.address else ""
            st.caption(
                words.plain(
                    f"Signed in {came}{words.moment(sign_in.began_at)} · last active "
                    f"{words.moment(sign_in.seen_at)}"
                )
            )
        if not sign_in.is_this:
            st.button("End", key=f"end_session_{sign_in.id}", on_click=_end, args=(sign_in,))


def _end(sign_in: SignIn) -> None:
    account = auth.current_account()
    if account is None:
        return  # this session has ended itself; the page says so
    with notices.attempt():
        web_sessions.end_one(resources.sessions(), account.id, sign_in.id)
        notices.done(f"The session in {sign_in.browser} has ended")


def _end_all() -> None:
    account = auth.current_account()
    if account is None:
        return
    with notices.attempt():
        auth.end_all(account)
