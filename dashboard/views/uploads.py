"""The list of uploads, and the place to add to it."""

import pandas as pd
import streamlit as st

from dashboard import auth, navigation, resources, runs
from dashboard.components import notices, outage, pager, samples, uploader, words
from dashboard.components.progress import REFRESH_SECONDS
from ingestion import uploads
from ingestion.uploads import Upload

_CURSORS = "uploads_cursors"


def page() -> None:
    """Upload files; see where each stands."""
    account = auth.require_account()
    notices.show()
    st.title("Uploads")
    uploader.show(account.id)
    cursors: list[int] = st.session_state.setdefault(_CURSORS, [])
    shown = uploads.listed(resources.sessions(), account.id, before=cursors[-1] if cursors else None)
    if not shown and not cursors:
        samples.offer(account.id)
        return
    busy = any(upload.in_flight for upload in shown)
    st.fragment(_table, run_every=REFRESH_SECONDS if busy else None)(busy)
    older = shown[-1].id if len(shown) == uploads.PAGE_SIZE else None
    pager.show(cursors, older, back="Newer", on="Older")


@outage.boundary()
def _table(was_busy: bool) -> None:
    account = auth.require_account(is_activity=False)
    cursors: list[int] = st.session_state[_CURSORS]
    shown = uploads.listed(resources.sessions(), account.id, before=cursors[-1] if cursors else None)
    if was_busy and not any(upload.in_flight for upload in shown):
        runs.again()  # ends the refreshing
    table = pd.DataFrame([_line(upload) for upload in shown])
    chosen = st.dataframe(
        table if was_busy else table.drop(columns=["Progress", "Pace"]),
        key="uploads_table",
        hide_index=True,
        height="content",
        row_height=40,
        on_select="rerun",
        selection_mode="single-cell",
        placeholder="–",
        column_config={
            "File": st.column_config.TextColumn(width="large"),
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


def _line(upload: Upload) -> dict[str, object]:
    return {
        "File": upload.filename,
        "Status": [words.status(upload)],
        "Progress": upload.progress if upload.in_flight else None,
        "Pace": words.pace(upload) if upload.in_flight and upload.processed_bytes else "",
        "Rows": upload.total_rows or upload.processed_rows or None,
        "Open issues": upload.open_issues if upload.processed_at else None,
        "Size": words.size(upload.file_size),
        "Uploaded": words.moment(upload.created_at),
    }
