"""The list of uploads, and the place to add to it."""

import pandas as pd
import streamlit as st

from dashboard import auth, navigation, resources, runs
from dashboard.components import notices, outage, pager, samples, uploader, words
from dashboard.components.progress import REFRESH_SECONDS
from ingestion import viewing
from ingestion.accounts import Account
from ingestion.viewing import Upload, Whose

_NOTHING = {
    Whose.MINE: "You have uploaded nothing.",
    Whose.SHARED: "Nobody shares an upload with you. Its owner can, by your e-mail address, on its page.",
    Whose.EVERYBODYS: "Nobody has uploaded anything yet.",
}


def page() -> None:
    """Upload files; see where each stands."""
    account = auth.require_account()
    notices.show()
    st.title("Uploads")
    may_upload = uploader.may_upload(account)
    if may_upload:
        uploader.show(account.id)
    else:
        st.text(
            "You settle what others share with you: open an upload, decide about its issues, download its "
            "contacts. Operators upload and finalize."
        )
    offered = viewing.choices(resources.sessions(), account.id)
    whose = _whose(account, offered)
    cursors = _cursors(whose)
    shown = _listed(account, whose, cursors)
    if not shown and not cursors:
        if whose is Whose.MINE and may_upload:
            if Whose.SHARED in offered:
                st.info("Others share uploads with you: choose “Shared with me”.", icon=":material/group:")
            samples.offer(account.id)
        else:
            st.info(_NOTHING[whose], icon=":material/inbox:")
        return
    busy = any(upload.in_flight for upload in shown)
    st.fragment(_table, run_every=REFRESH_SECONDS if busy else None)(whose, busy)
    older = shown[-1].id if len(shown) == viewing.PAGE_SIZE else None
    pager.show(cursors, older, back="Newer", on="Older")


def _whose(account: Account, offered: list[Whose]) -> Whose:
    """Which uploads are looked at, as chosen last. Who has nothing to choose between is not asked."""
    at_first = Whose.MINE if uploader.may_upload(account) else Whose.SHARED
    if len(offered) < 2:
        return at_first
    chosen = st.segmented_control(
        "Whose uploads",
        offered,
        format_func=lambda whose: words.WHOSE[whose],
        default=at_first,
        required=True,
        key="uploads_whose",
        persist_state="session",
        label_visibility="collapsed",
    )
    return chosen or at_first


def _cursors(whose: Whose) -> list[int]:
    cursors: list[int] = st.session_state.setdefault(f"uploads_cursors_{whose}", [])
    return cursors


def _listed(account: Account, whose: Whose, cursors: list[int]) -> list[Upload]:
    return viewing.listed(resources.sessions(), account.id, whose, before=cursors[-1] if cursors else None)


@outage.boundary()
def _table(whose: Whose, was_busy: bool) -> None:
    shown = _listed(auth.require_account(is_activity=False), whose, _cursors(whose))
    if was_busy and not any(upload.in_flight for upload in shown):
        runs.again()  # ends the refreshing
    table = pd.DataFrame([_line(upload) for upload in shown])
    chosen = st.dataframe(
        table.drop(columns=_idle_columns(shown, whose, was_busy=was_busy)),
        key=f"uploads_table_{whose}",
        hide_index=True,
        height="content",
        row_height=40,
        on_select="rerun",
        selection_mode="single-cell",
        placeholder="–",
        column_config={
            "File": st.column_config.TextColumn(width="large" if whose is Whose.MINE else "medium"),
            "Owner": st.column_config.TextColumn(width=150),
            "Shared with": st.column_config.TextColumn(width=100),
            "Status": st.column_config.MultiselectColumn(
                options=[*words.STATUS.values(), words.WAITS_FOR_COLUMNS],
                color=[*words.STATUS_COLOR.values(), "orange"],
                width=140,
            ),
            "Progress": st.column_config.ProgressColumn(min_value=0, max_value=1, format="percent"),
            "Rows": st.column_config.NumberColumn(format="localized", width=90),
            "Open issues": st.column_config.NumberColumn(format="localized", width=110),
            "Size": st.column_config.TextColumn(width=90),
            "Uploaded": st.column_config.TextColumn(width=160),
        },
    ).selection.cells
    if chosen:
        navigation.open_page("upload", job_id=shown[chosen[0][0]].id)
    st.caption("Click an upload to open it.")


def _idle_columns(shown: list[Upload], whose: Whose, *, was_busy: bool) -> list[str]:
    """Those that say nothing in this list."""
    idle = [] if was_busy else ["Progress", "Pace"]
    if whose is Whose.MINE:
        idle.append("Owner")
    if whose is Whose.SHARED or not any(upload.shared_with for upload in shown):
        idle.append("Shared with")
    return idle


def _line(upload: Upload) -> dict[str, object]:
    return {
        "File": upload.filename,
        "Owner": upload.owner,
        "Status": [words.status(upload)],
        "Progress": upload.progress if upload.in_flight else None,
        "Pace": words.pace(upload) if upload.in_flight and upload.processed_bytes else "",
        "Rows": upload.total_rows or upload.processed_rows or None,
        "Open issues": upload.open_issues if upload.processed_at else None,
        "Size": words.size(upload.file_size),
        "Uploaded": words.moment(upload.created_at),
        "Shared with": words.count(upload.shared_with, "person", "people") if upload.shared_with else None,
    }
