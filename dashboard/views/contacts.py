"""The final contacts of one upload."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import auth, resources
from dashboard.components import balance, files, heading, notices, pager, provenance, tables
from ingestion import export, finalization
from ingestion.export import Contact
from ingestion.rules.lifecycle import JobStatus
from ingestion.viewing import Upload

PAGE_SIZE = 100
_BESIDE_SOURCES = {"most": 6, "pixels": 245}
"""So that where a contact comes from is in view without scrolling."""
_NOTHING: Any = {"selection": {"rows": []}}


def page() -> None:
    """Look through the contacts, search them, download them."""
    account = auth.require_account()
    notices.show()
    upload = heading.opened(
        account.id,
        JobStatus.COMPLETED,
        page="contacts",
        title="Contacts",
        nothing="None of the newest uploads is completed. Settle the issues of one and finalize it.",
    )
    if upload is None:
        return
    if upload.status is not JobStatus.COMPLETED:
        st.info("There are no final contacts yet: settle the open issues, then finalize.")
        return
    result = finalization.result(resources.sessions(), account.id, upload.id)
    if result is not None:
        st.text(balance.sentence(result))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            "Search", placeholder="Search e-mail, name or company", label_visibility="collapsed", width=360
        )
        files.contacts(upload)
        files.exact_cells(upload)
    with st.container(key="wide"):
        _table(account.id, upload, search.strip())


def _table(user_id: int, upload: Upload, search: str) -> None:
    key = f"contacts_cursors_{upload.id}_{search}"
    cursors: list[str] = st.session_state.setdefault(key, [])
    found = export.page(
        resources.sessions(),
        user_id,
        upload.id,
        after=cursors[-1] if cursors else None,
        search=search,
        limit=PAGE_SIZE,
    )
    if not found:
        st.info("No contact matches." if search else "There are no contacts: every row was left out.")
    chosen = _choose(upload, found) if found else None
    pager.show(cursors, found[-1].email if len(found) == PAGE_SIZE else None, back="Previous", on="Next")
    if chosen is not None:
        provenance.show(user_id, upload.id, chosen.email)
    elif found:
        st.caption("Choose a contact to see where it comes from.")


def _choose(upload: Upload, found: list[Contact]) -> Contact | None:
    """Show contacts as a table; the one that is chosen in it."""
    rows = pd.Index([contact.row_number for contact in found], name="Row in the file")
    key = f"contacts_{upload.id}_{hash(tuple(found))}"  # rows are chosen by their place
    is_any_chosen = bool(st.session_state.get(key, _NOTHING)["selection"]["rows"])
    chosen = st.dataframe(
        pd.DataFrame([_line(upload, contact) for contact in found], index=rows),
        key=key,
        hide_index=False,
        height=tables.height(len(found), **(_BESIDE_SOURCES if is_any_chosen else {})),
        on_select="rerun",
        selection_mode="single-row",
    ).selection.rows
    return found[chosen[0]] if chosen and chosen[0] < len(found) else None


def _line(upload: Upload, contact: Contact) -> dict[str, str]:
    assert upload.contact_columns is not None
    own = upload.contact_columns.named()
    others = iter(contact.others)
    return {
        name: getattr(contact, own[index]) if index in own else next(others)
        for index, name in enumerate(upload.columns)
    }
