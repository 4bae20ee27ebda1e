"""Where an upload's rows went: into contacts, or out of them and why."""

import streamlit as st

from dashboard.components import words
from ingestion.finalization import Balance


def show(balance: Balance) -> None:
    """The books of one upload, row for row."""
    for column, (label, number, explanation) in zip(
        st.columns(5),
        (
            ("Rows in the file", balance.total_rows, "Records, without header and blank lines."),
            ("Contacts", balance.contacts, "One for each e-mail address."),
            ("Left out", balance.left_out, "Rows that somebody left out."),
            (
                "Settled duplicates",
                balance.duplicates,
                "Rows that lost to a chosen row or went into a merged record.",
            ),
            (
                "Repeats",
                balance.collapsed,
                "Rows that say the same e-mail, name and company as a contact: the first row was kept.",
            ),
        ),
        strict=True,
    ):
        column.metric(label, f"{number:,}", help=explanation, border=True)


def sentence(balance: Balance) -> str:
    """The same in a line of words."""
    return (
        f"{words.count(balance.total_rows, 'row')} → {words.count(balance.contacts, 'contact')}; "
        f"{balance.left_out:,} left out, {balance.duplicates:,} settled as duplicates, "
        f"{words.count(balance.collapsed, 'repeat')}."
    )
