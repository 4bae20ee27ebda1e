"""Which column of a file means what to a contact, and what that gives on the first rows."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.components.answers import Place
from ingestion.csv_file import reading_words
from ingestion.csv_file.mapping import Mapping
from ingestion.csv_file.proposal import Proposal
from ingestion.rules.names import NameOrder, split_name

_PREVIEW_ROWS = 10
_PREVIEW_COLUMNS = 30
"""Beside a contact's own."""
_ORDERS = {NameOrder.FIRST_LAST: "First name first", NameOrder.LAST_FIRST: "Last name first"}


def choose(proposal: Proposal, place: Place) -> Mapping:
    """A choice for each field of a contact; the columns as they are chosen now."""
    found = proposal.mapping
    fields = [name for name in reading_words.COLUMN if name != "full_name" or _may_be_split(found)]
    columns = dict(zip(fields, st.columns(len(fields)), strict=True))

    def key(*parts: object) -> str:
        # What was found is part of it: where that changes, the widget has to follow.
        return place.key(*parts, proposal.sheet, proposal.encoding, proposal.header_row)

    def chosen(name: str) -> int | None:
        at: int | None = columns[name].selectbox(
            reading_words.COLUMN[name],
            range(len(proposal.names)),
            index=getattr(found, name),
            format_func=proposal.names.__getitem__,
            placeholder="No column" if name != "email" else "Choose the column",
            key=key(name, getattr(found, name)),
        )
        return at

    full_name = chosen("full_name") if "full_name" in columns else None
    first_name = last_name = None
    order = found.name_order
    if full_name is None:
        first_name, last_name = chosen("first_name"), chosen("last_name")
    else:
        for name in ("first_name", "last_name"):
            _from_full_name(columns[name], reading_words.COLUMN[name], key(name, "split"))
        order = st.segmented_control(
            "How full names are written",
            list(_ORDERS),
            default=found.name_order,
            format_func=_ORDERS.__getitem__,
            required=True,
            key=key("order", found.name_order),
        )
    return Mapping(
        email=chosen("email"),
        first_name=first_name,
        last_name=last_name,
        company=chosen("company"),
        full_name=full_name,
        name_order=order,
        doubts=found.doubts,
    )


def preview(proposal: Proposal, mapping: Mapping) -> None:
    """The first rows: what means something to a contact first, then the first of the other columns."""
    labels = {getattr(mapping, name): label.split(",")[0] for name, label in reading_words.COLUMN.items()}
    labels.pop(None, None)
    others = [at for at in range(len(proposal.names)) if at not in labels]
    shown = proposal.rows[:_PREVIEW_ROWS]
    columns: dict[str, list[str]] = {}
    for at in [*sorted(labels), *others[:_PREVIEW_COLUMNS]]:
        name = f"{proposal.names[at]} → {labels[at]}" if at in labels else proposal.names[at]
        columns[name] = [record.cells[at] for record in shown]
        if at == mapping.full_name:
            parts = [split_name(record.cells[at], mapping.name_order) for record in shown]
            columns["→ First name"] = [first for first, _ in parts]
            columns["→ Last name"] = [last for _, last in parts]
    st.dataframe(
        pd.DataFrame(columns, index=pd.Index([record.number for record in shown], name="Row")),
        height="content",
    )
    st.caption(reading_words.other_columns(len(others), len(others[:_PREVIEW_COLUMNS])))


def _from_full_name(column: DeltaGenerator, label: str, key: str) -> None:
    column.selectbox(label, (), placeholder="From the full name", disabled=True, key=key)


def _may_be_split(mapping: Mapping) -> bool:
    return mapping.first_name is None or mapping.last_name is None
