"""What an administrator does about one account, each after a word about what it means."""

from collections.abc import Callable

import streamlit as st

from dashboard import auth, resources
from dashboard.components import inviting, notices, words
from ingestion import access_links, administration
from ingestion.administration import Person
from ingestion.errors import IngestionError


def show(person: Person, own_id: int) -> None:
    """The account and the ways to change it. What is one's own is changed elsewhere, or by others."""
    with st.container(border=True):
        st.text(f"{person.name} ({person.email})")
        if person.id == own_id:
            st.caption(
                "This is you. Your password and sessions are on the Account page; another administrator"
                " changes your role or deactivates you."
            )
            return
        with st.container(horizontal=True):
            for label, icon, dialog in _actions(person):
                if st.button(label, icon=icon):
                    dialog(person)


def _actions(person: Person) -> list[tuple[str, str, Callable[[Person], None]]]:
    if not person.is_active:
        return [("Activate …", ":material/person_check:", _activate)]
    return [
        ("Change role …", ":material/badge:", _change_role),
        ("New password …", ":material/key:", _offer_reset),
        ("Sign out everywhere …", ":material/logout:", _end_sessions),
        ("Deactivate …", ":material/person_off:", _deactivate),
    ]


@st.dialog("Change role")
def _change_role(person: Person) -> None:
    ask_role(person)


@st.dialog("Offer a new password", on_dismiss="rerun")
def _offer_reset(person: Person) -> None:
    ask_reset(person)


@st.dialog("Sign out everywhere?")
def _end_sessions(person: Person) -> None:
    ask_sign_out(person)


@st.dialog("Deactivate this account?")
def _deactivate(person: Person) -> None:
    ask_deactivation(person)


@st.dialog("Activate this account?")
def _activate(person: Person) -> None:
    ask_activation(person)


def ask_role(person: Person) -> None:
    """Which role, then give it."""
    st.text(person.email)
    role = inviting.role_input(person.role)
    st.caption("It counts from their next click on.")
    if st.button("Change role", type="primary", disabled=role is person.role):
        _done(
            lambda by: administration.change_role(resources.sessions(), by, person.id, role),
            f"{words.plain(person.email)} is {words.ROLE_WITH_ARTICLE[role]} now.",
        )


def ask_reset(person: Person) -> None:
    """Make a link by which the owner sets a new password, and show it, once."""
    asking = st.empty()
    with asking.container():
        st.text(person.email)
        st.text(
            "A link is made that you pass on. With it the owner sets a new password, once, within 24 hours. "
            "A former link for this is withdrawn; until the new one is used, the old password stays."
        )
        is_sent = st.button("Make the link", type="primary", icon=":material/key:")
    if is_sent:
        account = auth.require_account()
        inviting.show_link(
            lambda: access_links.offer_reset(resources.sessions(), account.id, person.id), asking
        )


def ask_sign_out(person: Person) -> None:
    """End all sessions of the account."""
    st.text(person.email)
    st.text("Every browser in which this account is signed in is signed out at once. The password stays.")
    if st.button("Sign out everywhere", type="primary", icon=":material/logout:"):
        _done(
            lambda by: administration.end_sessions(resources.sessions(), by, person.id),
            f"{words.plain(person.email)} is signed out everywhere.",
        )


def ask_deactivation(person: Person) -> None:
    """Keep the account out."""
    st.text(person.email)
    st.text(
        "The account is signed out at once and cannot sign in any more. Its uploads stay, and administrators"
        " see them. Links that it made or that were made for it are withdrawn. You can activate it again."
    )
    # The key is what the style sheet knows such buttons by.
    if st.button("Deactivate", key="delete_for_good", type="primary", icon=":material/person_off:"):
        _done(
            lambda by: administration.deactivate(resources.sessions(), by, person.id),
            f"{words.plain(person.email)} is deactivated.",
        )


def ask_activation(person: Person) -> None:
    """Let the account be used again."""
    st.text(person.email)
    st.text(
        "The account can sign in again, with its password of before, as "
        f"{words.ROLE_WITH_ARTICLE[person.role]}."
    )
    if st.button("Activate", type="primary", icon=":material/person_check:"):
        _done(
            lambda by: administration.activate(resources.sessions(), by, person.id),
            f"{words.plain(person.email)} is active again.",
        )


def _done(action: Callable[[int], object], told: str) -> None:
    """Do it as whoever is signed in, and show the page anew; what is refused is said in the dialog."""
    account = auth.require_account()
    try:
        action(account.id)
    except IngestionError as error:
        st.error(words.plain(str(error)), icon=":material/block:")
        return
    notices.done(told)
    st.rerun()
