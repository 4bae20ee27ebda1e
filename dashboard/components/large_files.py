"""Files too large to pass through the dashboard: sent by the browser itself, and shown while they are.

`assets/large_files.js` takes them out of the page's file uploader; small files go on to Streamlit's.
"""

from pathlib import Path

import streamlit as st

from dashboard import resources
from dashboard.components import notices, words
from ingestion import direct_uploads, viewing
from ingestion.errors import NotFound

_ASSETS = Path(__file__).parent.parent / "assets"
_HTML = '<ul aria-label="Large files on their way" hidden></ul>'
_CSS = (_ASSETS / "large_files.css").read_text(encoding="utf-8")
_JS = (_ASSETS / "large_files.js").read_text(encoding="utf-8")


def show(user_id: int) -> None:
    """The user's large files on their way. To be called on the page that has a file uploader, under it."""
    under_way = direct_uploads.unfinished(resources.sessions(), user_id)
    component = st.components.v2.component("large_files", html=_HTML, css=_CSS, js=_JS)
    news = component(
        key="large_files",
        data={
            "limit": resources.settings().direct_upload_above_bytes,
            "unfinished": [
                {"id": one.job_id, "name": one.filename, "size": one.size, "sent": one.sent_bytes}
                for one in under_way
            ],
        },
        on_news_change=lambda: None,
    ).news
    if news:
        if news["kind"] == "arrived":
            _tell_of(user_id, news["id"])
        st.rerun()


def _tell_of(user_id: int, job_id: int) -> None:
    try:
        upload = viewing.get(resources.sessions(), user_id, job_id)
    except NotFound:
        return
    notices.done(f"{words.plain(upload.filename)} uploaded")
