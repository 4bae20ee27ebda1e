"""The accounts as a table from which one is chosen."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components import tables, words
from ingestion.administration import MOST_SHOWN, Person


def show(people: Sequence[Person], search: str) -> Person | None:
    """The accounts that were found; the one that is chosen, if one is."""
    if not people:
        st.caption("No account has this in its name or address.")
        return None
    chosen = st.dataframe(
        pd.DataFrame([_line(person) for person in people]),
        # Lines are chosen by their place: where others are found, none is.
        key=f"people_{search}",
        hide_index=True,
        height=tables.height(len(people)),
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
        column_config={
            "Name": st.column_config.TextColumn(width=190),
            "E-mail": st.column_config.TextColumn(width=250),
            "Role": st.column_config.TextColumn(width=115),
            "State": st.column_config.MultiselectColumn(
                options=["Active", "Deactivated"], color=["green", "gray"], width=120
            ),
            "Last active": st.column_config.TextColumn(width=155),
            "Uploads": st.column_config.NumberColumn(format="localized", width=80),
            "Since": st.column_config.TextColumn(width=155),
        },
    ).selection.rows
    if len(people) >= MOST_SHOWN:
        st.caption(f"The list ends at {MOST_SHOWN}. Search for others.")
    if not chosen or chosen[0] >= len(people):
        st.caption("Choose an account to change its role, sign it out, or keep it out.")
        return None
    return people[chosen[0]]


def _line(person: Person) -> dict[str, Any]:
    return {
        "Name": person.name,
        "E-mail": person.email,
        "Role": words.ROLE[person.role],
        "State": ["Active" if person.is_active else "Deactivated"],
        "Last active": words.moment(person.last_active_at) if person.last_active_at else None,
        "Uploads": person.uploads,
        "Since": words.moment(person.created_at),
    }
