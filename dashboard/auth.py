"""Who is signed in, and the way in and out.

The forms are streamlit-authenticator's, its cookie is not: scripts can read that one, and nobody can revoke
it. A checked password yields a ticket instead, which the browser exchanges for an HttpOnly cookie
(`auth_routes.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar

import streamlit as st

from dashboard import resources, runs, session_cookie, session_scripts
from dashboard.auth_routes import TICKET_HEADER
from dashboard.authenticator import Forms, Visitors, counted
from ingestion import changing_password, health
from ingestion import sessions as web_sessions
from ingestion.accounts import Account
from ingestion.errors import DatabaseUnavailable, SignInPaused, SignInRefused
from ingestion.sessions import Ending

_run_as: ContextVar[Account | None] = ContextVar("run_as", default=None)

_TICKET = "sign_in_ticket"
_REFUSED = "sign_in_exchange_refused"
_ENDED_ALL = "ended_all_sessions"
_WATCH_SECONDS = 60
_LAST = "last_account"
"""The token of the cookie, and whose session it opened when that was last looked up."""

_CANNOT_CHECK = (
    "The database does not answer, so your password cannot be checked now. What you typed stays here: try "
    "again in a moment."
)


def current_account(*, is_activity: bool = True) -> Account | None:
    """Whose session this page runs in. None for a visitor, or once the session has ended.

    `is_activity`: whether somebody did something; not so where a page refreshes itself.
    Raises DatabaseUnavailable: then nobody can tell.
    """
    if known := _run_as.get():
        return known
    runs.begin(user_id=None)
    token = session_token()
    if not token:
        return None
    is_activity = not runs.is_by_itself() and is_activity
    with health.answering():
        account = web_sessions.account_of(resources.sessions(), token, is_activity=is_activity)
    st.session_state[_LAST] = (token, account)
    runs.begin(account.id if account else None)
    return account


def session_token() -> str:
    """The token of this page's session, or nothing."""
    return session_cookie.token_in(st.context.cookies, st.context.headers.get("host", ""))


def last_account() -> Account | None:
    """Whose session it was when that could last be told: good for a page's frame, and for nothing more."""
    token, account = st.session_state.get(_LAST, (None, None))
    return account if token == session_token() else None


@contextmanager
def run_as(account: Account) -> Iterator[None]:
    """Within this, the session is not read again. For the rest of one run of the script that has read it.

    Callbacks run before it and fragments without it: they read for themselves.
    """
    token = _run_as.set(account)
    try:
        yield
    finally:
        _run_as.reset(token)


def require_account(*, is_activity: bool = True) -> Account:
    """The signed-in account; where the session has ended meanwhile, the sign-in page instead.

    For pages, and for fragments, which run again without the check in `app.py`. A fragment that refreshes by
    itself is no activity: an open page alone would keep its session for ever.
    """
    account = current_account(is_activity=is_activity)
    if account is None:
        st.rerun()
    return account


def watch() -> None:
    """Have an open page look every minute whether its session still is, and show the sign-in page if not."""
    st.fragment(_watch, run_every=_WATCH_SECONDS)()


def _watch() -> None:
    with suppress(DatabaseUnavailable):  # nobody is signed out by an outage
        require_account(is_activity=False)


def is_safe_here() -> bool:
    """Whether this page came by https or over no network. Every browser names the origin of a socket."""
    origin = st.context.headers.get("origin")
    return origin is None or session_cookie.is_safe(origin)


def sign_in_form() -> None:
    """The form for those who have an account. A right password begins the exchange for a session."""
    visitors = Visitors()
    try:
        with health.answering():
            Forms(visitors).login(
                fields={
                    "Form name": "Welcome back",
                    "Username": "E-mail",
                    "Password": "Password",
                    "Login": "Sign in",
                },
                callback=lambda accepted: _accept_visitor(visitors, accepted["username"]),
            )
    except DatabaseUnavailable:
        st.warning(_CANNOT_CHECK, icon=":material/cloud_off:")
        return
    except SignInPaused as pause:
        st.session_state["authentication_status"] = None  # the last password was not looked at
        st.error(str(pause), icon=":material/hourglass_top:")
        return
    if _TICKET in st.session_state:
        st.rerun()
    if st.session_state.get("authentication_status") is False:
        st.error("The e-mail address or the password is wrong.")


def accept(email: str, password_hash: str) -> None:
    """Begin the exchange for a session: for somebody who proved to know the password of this hash.

    Raises SignInRefused where it is not the account's any more.
    """
    settings = resources.settings()
    st.session_state[_TICKET] = web_sessions.open_session(
        resources.sessions(),
        email,
        password_hash,
        hours=settings.session_hours,
        idle_minutes=settings.session_idle_minutes,
    )


def _accept_visitor(visitors: Visitors, email: str) -> None:
    try:
        accept(email, visitors.hash_of(email))
    except SignInRefused:
        # The password was changed while it was compared: it is as wrong as any other.
        st.session_state["authentication_status"] = False


def is_accepted() -> bool:
    """Whether the password was right and only the cookie is missing: time for `finish`."""
    return _TICKET in st.session_state


def finish() -> None:
    """Have the browser exchange its ticket for the cookie and load the page again, at the same address."""
    exchange = st.components.v2.component("session_exchange", js=session_scripts.EXCHANGE)
    answer = exchange(
        key="exchange",
        data={"ticket": st.session_state[_TICKET], "header": TICKET_HEADER},
        on_refused_change=lambda: None,
    )
    if answer.refused:
        del st.session_state[_TICKET]
        st.session_state["authentication_status"] = None
        st.session_state[_REFUSED] = True
        st.rerun()


def was_refused() -> bool:
    """Whether the last exchange or sign-out failed: too late, or the server did not answer. Said once."""
    return bool(st.session_state.pop(_REFUSED, False))


def end_all(account: Account) -> None:
    """End all sessions of the account, this one too."""
    web_sessions.end_all(resources.sessions(), account.id)
    st.session_state[_ENDED_ALL] = True


def has_ended_all() -> bool:
    """Whether that was done on this very page."""
    return _ENDED_ALL in st.session_state


def ending() -> Ending | None:
    """How the session of this browser ended, if it had one. Raises DatabaseUnavailable."""
    token = session_token()
    if not token:
        return None
    with health.answering():
        return web_sessions.ending_of(resources.sessions(), token)


def forget() -> None:
    """Have the browser give back the cookie of a session that has ended, once somebody sees the page."""
    if session_token():
        st.components.v2.component("session_forget", js=session_scripts.FORGET)(key="forget")


def sign_out(then: str = "/") -> None:
    """Have the browser end the session and open an address of this server: the sign-in page, if no other."""
    exit_ = st.components.v2.component("session_end", js=session_scripts.SIGN_OUT)
    if exit_(key="sign_out", data={"then": then}, on_refused_change=lambda: None).refused:
        st.session_state[_REFUSED] = True
        st.rerun()


def change_password(account: Account, current: str, new: str) -> None:
    """Set a new password for somebody who knows the current one, and end their sessions elsewhere.

    Spaces around either do not count, as in the package's forms. Raises PasswordRefused with the reason, and
    SignInPaused.
    """
    changing_password.change(
        resources.sessions(),
        account.id,
        current=current.strip(),
        new=new.strip(),
        token=session_token(),
        attempt=lambda check: counted(account.email, check),
    )
