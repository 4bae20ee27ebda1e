"""Who has an account, what it may do, and who is invited: for administrators."""

import streamlit as st

from dashboard import auth, resources
from dashboard.components import inviting, notices, pager, people_actions, people_table
from ingestion import access_links, administration
from ingestion.administration import PAGE_SIZE


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
    _accounts(account.id)
    inviting.open_links(access_links.listed(resources.sessions(), account.id))


def _accounts(own_id: int) -> None:
    """A page of the accounts that are looked for, and what can be done about the chosen one."""
    search = st.text_input(
        "Search", placeholder="Name or e-mail address", width=360, label_visibility="collapsed"
    )
    cursors: list[str] = st.session_state.setdefault(f"people_cursors_{search}", [])
    after = cursors[-1] if cursors else ""
    # One more than is shown tells whether there is a page after this one.
    found = administration.people(
        resources.sessions(), own_id, search=search, after=after, limit=PAGE_SIZE + 1
    )
    shown = found[:PAGE_SIZE]
    if not shown:
        st.caption("No account has this in its name or address.")
        return
    chosen = people_table.show(shown, f"{search}_{after}")
    if chosen is None:
        st.caption("Choose an account to change its role, sign it out, or keep it out.")
    else:
        people_actions.show(chosen, own_id)
    pager.show(cursors, shown[-1].email if len(found) > PAGE_SIZE else None, back="Back", on="More")
