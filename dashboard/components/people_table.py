"""The accounts as a table from which one is chosen."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components import tables, words
from ingestion.administration import Person


def show(people: Sequence[Person], shown: str) -> Person | None:
    """Some accounts; the one that is chosen, if one is. `shown` names which these are."""
    chosen = st.dataframe(
        pd.DataFrame([_line(person) for person in people]),
        # Lines are chosen by their place: where others are shown, none is.
        key=f"people_{shown}",
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
    return people[chosen[0]] if chosen and chosen[0] < len(people) else None


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
