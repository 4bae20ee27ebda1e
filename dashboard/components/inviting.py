"""Inviting people, the link that is shown once, and the links that are open."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import auth, links, resources
from dashboard.components import notices, tables, words
from ingestion import access_links
from ingestion.access_links import LinkKind, NewLink, OpenLink
from ingestion.errors import IngestionError
from ingestion.rules.permissions import Role

_KIND = {LinkKind.INVITATION: "Invitation", LinkKind.RESET: "New password"}


def button() -> None:
    """Opens the dialog in which somebody is invited."""
    if st.button("Invite …", type="primary", icon=":material/person_add:"):
        _dialog()


@st.dialog("Invite somebody", on_dismiss="rerun")
def _dialog() -> None:
    invite()


def invite() -> None:
    """Whom, and as what; then the link, once."""
    asking = st.empty()
    with asking.form("invite", border=False):
        email = st.text_input("E-mail", autocomplete="off")
        role = role_input(Role.OPERATOR)
        is_sent = st.form_submit_button("Make the link", type="primary")
    if is_sent:
        account, mode = auth.require_account(), resources.settings().registration
        show_link(lambda: access_links.invite(resources.sessions(), mode, account.id, email, role), asking)


def role_input(present: Role) -> Role:
    """Asks for a role; `present` unless another is chosen."""
    roles = list(Role)
    chosen = st.radio(
        "Role",
        roles,
        index=roles.index(present),
        format_func=words.ROLE.__getitem__,
        captions=[words.ROLE_MEANS[role] for role in roles],
    )
    return chosen or present


def show_link(make: Callable[[], NewLink], asking: DeltaGenerator) -> None:
    """Make a link and show it in the place of what asked for it, or say what is refused.

    It cannot be shown again.
    """
    try:
        link = make()
    except IngestionError as error:
        st.error(words.plain(str(error)), icon=":material/block:")
        return
    asking.empty()
    st.text(f"Pass this on to {link.email}. It is good once, until {words.moment(link.expires_at)}.")
    st.code(links.address_of(link), language=None, wrap_lines=True)
    st.warning(
        "Copy it now: it is not shown again. Whoever has it can use it, so send it where only they read.",
        icon=":material/visibility_off:",
    )


def open_links(found: Sequence[OpenLink]) -> None:
    """The links that can still be used, and a way to withdraw one."""
    st.subheader("Open links")
    if not found:
        st.caption("Nobody is invited, and nobody was offered a new password.")
        return
    chosen = st.dataframe(
        pd.DataFrame([_line(link) for link in found]),
        key=f"open_links_{found[0].id}_{len(found)}",
        hide_index=True,
        height=tables.height(len(found), most=8, pixels=316),
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
    ).selection.rows
    if not chosen or chosen[0] >= len(found):
        st.caption("Choose a link to withdraw it.")
    elif st.button("Withdraw …", icon=":material/link_off:"):
        _withdraw(found[chosen[0]])


def _line(link: OpenLink) -> dict[str, Any]:
    return {
        "For": _KIND[link.kind],
        "E-mail": link.email,
        "Role": words.ROLE[link.role] if link.role else None,
        "Made by": link.made_by or "the command",
        "Made": words.moment(link.created_at),
        "Good until": words.moment(link.expires_at),
    }


@st.dialog("Withdraw this link?")
def _withdraw(link: OpenLink) -> None:
    ask_withdrawal(link)


def ask_withdrawal(link: OpenLink) -> None:
    """Have the link be good no more."""
    st.text(f"{_KIND[link.kind]} for {link.email}: whoever opens the link is told that it is not good.")
    if st.button("Withdraw", type="primary", icon=":material/link_off:"):
        account = auth.require_account()
        with notices.attempt():
            access_links.withdraw(resources.sessions(), account.id, link.id)
            notices.done("The link is withdrawn.")
        st.rerun()
