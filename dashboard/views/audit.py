"""What was done to the installation, by whom and when: for administrators."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import audit_address, auth, resources
from dashboard.components import audit_filter, audit_words, pager, tables, words
from ingestion import audit
from ingestion.audit import PAGE_SIZE, AuditEntry, Wanted

_CURSORS = "audit_cursors"


def page() -> None:
    """Look through the log, restrict it, take it away as a file."""
    account = auth.require_account()
    st.title("Audit")
    if not account.is_administrator:
        st.info("This page is for administrators.", icon=":material/lock:")
        return
    st.caption("What was uploaded is on the Uploads page, what was decided in the History of each upload.")
    with st.container(key="wide"):
        wanted = audit_filter.show(account.id)
        if wanted is not None:
            _show(account.id, wanted)


def _show(user_id: int, wanted: Wanted) -> None:
    cursors = _cursors(wanted)
    before = cursors[-1] if cursors else None
    # One more than is shown tells whether there is a page after this one.
    found = audit.page(resources.sessions(), user_id, wanted, before=before, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    if not shown:
        st.info("Nothing was done yet." if wanted == Wanted() else "No entry matches.")
        return
    _table(shown)
    pager.show(cursors, shown[-1].id if len(found) > PAGE_SIZE else None, back="Newer", on="Older")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.link_button(
            "Download (CSV)",
            audit_address.address_of(wanted),
            icon=":material/download:",
            help="All entries that match, on every page. That you took them away is on record too.",
        )
        st.caption("Entries are never changed or removed by this tool.")


def _cursors(wanted: Wanted) -> list[int]:
    """What each page up to the one shown comes after; kept for as long as the same is looked for."""
    kept: tuple[Wanted, list[int]] | None = st.session_state.get(_CURSORS)
    if kept is None or kept[0] != wanted:
        kept = st.session_state[_CURSORS] = (wanted, [])
    return kept[1]


def _table(found: Sequence[AuditEntry]) -> None:
    lines = [
        {
            "When": words.instant(entry.at),
            "Who": audit_words.who(entry),
            "E-mail": entry.email,
            "What": audit_words.what(entry),
            "Upload": entry.job_id,
            "From": entry.detail.get("client"),
        }
        for entry in found
    ]
    st.dataframe(
        pd.DataFrame(lines).astype({"Upload": "Int64"}),
        hide_index=True,
        height=tables.height(len(lines)),
        placeholder="–",
        column_config={
            "When": st.column_config.TextColumn(width=150),
            "Who": st.column_config.TextColumn(width=100),
            "E-mail": st.column_config.TextColumn(width=170),
            "What": st.column_config.TextColumn(width=520),
            "Upload": st.column_config.NumberColumn(format="plain", width=60),
            "From": st.column_config.TextColumn(help="The address of the browser.", width=110),
        },
    )
