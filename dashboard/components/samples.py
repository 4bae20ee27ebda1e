"""What an empty list offers: a sample to try."""

from pathlib import Path

import streamlit as st

from dashboard import navigation
from dashboard.components import notices, uploader

_SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "test-jobs.csv"


def offer(user_id: int) -> None:
    """Say what to do first, and upload a sample for those who have no file at hand."""
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.space("small")
        st.subheader("No uploads yet", width="content")
        st.text(
            "Drop a CSV above. It is checked in the background; then you settle duplicates and bad values "
            "side by side, and download clean contacts.",
            width=560,
        )
        if st.button("Try a sample", icon=":material/science:"):
            with notices.attempt():
                content = _SAMPLE.read_bytes()
                job_id = uploader.send(user_id, _SAMPLE.name, content)
                navigation.open_page("upload", job_id=job_id)
            st.rerun()
        st.space("small")
