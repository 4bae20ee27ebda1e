"""Who has an account, what it may do, and who is invited: for administrators."""

import streamlit as st

from dashboard import auth, resources
from dashboard.components import inviting, notices, people_actions, people_table
from ingestion import access_links, administration


def page() -> None:
    """The accounts and what can be done about each; invitations and other links that are open."""
    account = auth.require_account()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("People", width="content")
        st.space("stretch")
        if account.is_administrator:
            inviting.button()
    if not account.is_administrator:
        st.info(
            "This page is for administrators. Ask one of them about your account.", icon=":material/lock:"
        )
        return
    notices.show()
    search = st.text_input(
        "Search", placeholder="Name or e-mail address", width=360, label_visibility="collapsed"
    )
    people = administration.people(resources.sessions(), account.id, search=search)
    chosen = people_table.show(people, search)
    if chosen is not None:
        people_actions.show(chosen, account.id)
    inviting.open_links(access_links.listed(resources.sessions(), account.id))
