"""What can be taken away from an upload."""

import streamlit as st

from dashboard.components import words
from ingestion.formats import Format
from ingestion.uploads import Upload
from ingestion.versions import Version

_FORMATS = {Format.XLSX: "Excel", Format.PARQUET: "Parquet"}
"""Beside CSV."""


def contacts(upload: Upload) -> None:
    """The contacts in each format."""
    address = f"/downloads/{upload.id}/contacts"
    icon = ":material/download:"
    st.link_button("Download contacts (CSV)", f"{address}.{Format.CSV}", type="primary", icon=icon)
    for kind, label in _FORMATS.items():
        st.link_button(label, f"{address}.{kind}", icon=icon)


def rows(upload: Upload, *, to_correct: bool, left_out: bool) -> None:
    """The rows that need attention, those left out, and a summary of it all."""
    if to_correct:
        st.link_button(
            "Rows to correct (CSV)",
            f"/downloads/{upload.id}/to-correct.csv",
            icon=":material/assignment_late:",
            help="Rows with open issues and rows left out, as they came, with a column that says why. "
            "Corrected and uploaded again they are a list of their own.",
        )
    if left_out:
        st.link_button(
            "Rows left out (CSV)",
            f"/downloads/{upload.id}/left-out.csv",
            icon=":material/playlist_remove:",
            help="Rows that somebody left out, as they came, with columns that say why, by whom and when.",
        )
    st.link_button(
        "Summary",
        f"/downloads/{upload.id}/summary.html",
        icon=":material/summarize:",
        help="This upload on one page, to print or to keep.",
    )


def versions(upload: Upload, found: list[Version]) -> None:
    """A line for each version of the contacts, with a way to it."""
    st.subheader("Versions of the contacts")
    for version in found:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"Version {version.number}", width=90)
            st.text(words.moment(version.at), width=160)
            st.text(words.count(version.contacts, "contact"), width=140)
            by = ", ".join(version.decided_by)
            st.text(f"decided by {by}" if by else "nothing was asked", width="stretch")
            st.link_button(
                "CSV",
                f"/downloads/{upload.id}/contacts-v{version.number}.csv",
                icon=":material/download:",
                help="Made anew from the file and the decisions, and compared with what was exported then. "
                "Of a large upload this may take some minutes.",
            )
