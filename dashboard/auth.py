"""Who is signed in, and the way in and out.

The forms are streamlit-authenticator's, its cookie is not: scripts can read that one, and nobody can revoke
it. A checked password yields a ticket instead, which the browser exchanges for an HttpOnly cookie
(`routes.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

from dashboard import resources, runs
from dashboard.authenticator import Forms
from dashboard.routes import TICKET_HEADER
from dashboard.security import SESSION_COOKIE
from ingestion import accounts, health
from ingestion.accounts import Account
from ingestion.errors import DatabaseUnavailable, SignInPaused

_run_as: ContextVar[Account | None] = ContextVar("run_as", default=None)

_TICKET = "sign_in_ticket"
_REFUSED = "sign_in_exchange_refused"
_LAST = "last_account"
"""The token of the cookie, and whose session it opened when that was last looked up."""

_CANNOT_CHECK = (
    "The database does not answer, so your password cannot be checked now. What you typed stays here: try "
    "again in a moment."
)


def current_account() -> Account | None:
    """Whose session this page runs in. None for a visitor, or once the session has ended.

    Raises DatabaseUnavailable: then nobody can tell.
    """
    if known := _run_as.get():
        return known
    runs.begin(user_id=None)
    token = st.context.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    with health.answering():
        account = accounts.account_of(resources.sessions(), token)
    st.session_state[_LAST] = (token, account)
    runs.begin(account.id if account else None)
    return account


def last_account() -> Account | None:
    """Whose session it was when that could last be told: good for a page's frame, and for nothing more."""
    token, account = st.session_state.get(_LAST, (None, None))
    return account if token == st.context.cookies.get(SESSION_COOKIE) else None


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


def require_account() -> Account:
    """The signed-in account; where the session has ended meanwhile, the sign-in page instead.

    For pages, and for fragments, which run again without the check in `app.py`.
    """
    account = current_account()
    if account is None:
        st.rerun()
    return account


def sign_in_form() -> None:
    """The form for those who have an account. A right password begins the exchange for a session."""
    try:
        with health.answering():
            Forms().login(
                fields={
                    "Form name": "Welcome back",
                    "Username": "E-mail",
                    "Password": "Password",
                    "Login": "Sign in",
                },
                callback=lambda accepted: accept(accepted["username"]),
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


def accept(email: str) -> None:
    """Begin the exchange for a session: for somebody who just proved who they are."""
    st.session_state[_TICKET] = accounts.open_session(
        resources.sessions(), email, resources.settings().session_hours
    )


def is_accepted() -> bool:
    """Whether the password was right and only the cookie is missing: time for `finish`."""
    return _TICKET in st.session_state


def finish() -> None:
    """Have the browser exchange its ticket for the cookie and load the page again, at the same address."""
    exchange = st.components.v2.component("session_exchange", js=_EXCHANGE)
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


def sign_out(then: str = "/") -> None:
    """Have the browser end the session and open an address of this server: the sign-in page, if no other."""
    exit_ = st.components.v2.component("session_end", js=_SIGN_OUT)
    if exit_(key="sign_out", data={"then": then}, on_refused_change=lambda: None).refused:
        st.session_state[_REFUSED] = True
        st.rerun()


# A renderer runs again whenever the page does; a ticket is sent once.
_EXCHANGE = """
let sent;
export default async function ({ data, setTriggerValue }) {
  if (sent === data.ticket) return;
  sent = data.ticket;
  try {
    const answer = await fetch("/auth/exchange", {
      method: "POST",
      headers: { [data.header]: data.ticket },
    });
    if (!answer.ok) throw new Error(await answer.text());
    location.reload();
  } catch (error) {
    setTriggerValue("refused", true);
  }
}
"""

_SIGN_OUT = """
let asked = false;
export default async function ({ data, setTriggerValue }) {
  if (asked) return;
  asked = true;
  try {
    const answer = await fetch("/auth/sign-out", { method: "POST" });
    if (!answer.ok) throw new Error(await answer.text());
    location.assign(data.then);
  } catch (error) {
    asked = false;
    setTriggerValue("refused", true);
  }
}
"""
