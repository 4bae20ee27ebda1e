"""What can be taken away from an upload."""

import streamlit as st

from dashboard.components import words
from ingestion.formats import Format
from ingestion.protection import Cells
from ingestion.versions import Version
from ingestion.viewing import Upload

_FORMATS = {Format.XLSX: "Excel", Format.PARQUET: "Parquet"}
"""Beside CSV."""


def contacts(upload: Upload) -> None:
    """The contacts in each format."""
    address = f"/downloads/{upload.id}/contacts"
    icon = ":material/download:"
    csv = _csv(upload, f"contacts.{Format.CSV}")
    st.link_button("Download contacts (CSV)", csv, type="primary", icon=icon)
    for kind, label in _FORMATS.items():
        st.link_button(label, f"{address}.{kind}", icon=icon)


def exact_cells(upload: Upload) -> None:
    """The choice of how the cells of this upload's CSV files are written."""
    st.toggle(
        "Exact cells in CSV",
        key=_exact(upload),
        help="In CSV, an apostrophe stands in front of what a spreadsheet could take for a formula, like "
        "'=A1. Uploaded here again, it is read without it. Switch this on for programs that need every "
        "cell exactly as it is, and do not open such a file in a spreadsheet. Excel and Parquet files always "
        "hold the exact cells.",
    )


def _csv(upload: Upload, name: str) -> str:
    asked = f"?cells={Cells.EXACT}" if st.session_state.get(_exact(upload)) else ""
    return f"/downloads/{upload.id}/{name}{asked}"


def _exact(upload: Upload) -> str:
    return f"exact_cells_{upload.id}"


def rows(upload: Upload, *, to_correct: bool, left_out: bool) -> None:
    """The rows that need attention, those left out, and a summary of it all."""
    if to_correct:
        st.link_button(
            "Rows to correct (CSV)",
            _csv(upload, "to-correct.csv"),
            icon=":material/assignment_late:",
            help="Rows with open issues and rows left out, as they came, with a column that says why. "
            "Corrected and uploaded again they are a list of their own.",
        )
    if left_out:
        st.link_button(
            "Rows left out (CSV)",
            _csv(upload, "left-out.csv"),
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
                _csv(upload, f"contacts-v{version.number}.csv"),
                icon=":material/download:",
                help="Made anew from the file and the decisions, and compared with what was exported then. "
                "Of a large upload this may take some minutes.",
            )
