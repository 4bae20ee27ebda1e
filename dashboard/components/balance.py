"""Where an upload's rows went: into contacts, or out of them and why."""

import streamlit as st

from dashboard.components import words
from ingestion.finalization import Balance


def show(balance: Balance, differing: int = 0) -> None:
    """The books of one upload, row for row; and of its repeats how many say what no contact has."""
    numbers = [
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
    ]
    if balance.waiting:
        numbers.append(
            (
                "Still to decide",
                balance.waiting,
                "Rows without a usable e-mail address, and rows of duplicate groups that nobody settled.",
            )
        )
    for column, (label, number, explanation) in zip(st.columns(len(numbers)), numbers, strict=True):
        column.metric(label, f"{number:,}", help=explanation, border=True)
    if differing:
        verb = "differs" if differing == 1 else "differ"
        st.warning(
            f"{words.count(differing, 'repeat')} {verb} in other columns from the contact that was kept: "
            "what only a repeat says there is in no contact.",
            icon=":material/difference:",
        )


def sentence(balance: Balance) -> str:
    """The same in a line of words."""
    return (
        f"{words.count(balance.total_rows, 'row')} → {words.count(balance.contacts, 'contact')}; "
        f"{balance.left_out:,} left out, {balance.duplicates:,} settled as duplicates, "
        f"{words.count(balance.collapsed, 'repeat')}."
    )
