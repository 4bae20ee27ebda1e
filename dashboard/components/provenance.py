"""Where a contact comes from: its values, the rows behind them, and what was decided about those."""

import pandas as pd
import streamlit as st

from dashboard import resources
from dashboard.components import comparison, decisions, tables, words
from dashboard.components.comparison import Column
from ingestion import provenance
from ingestion.errors import NotFound
from ingestion.history import Decided
from ingestion.provenance import Provenance, Value

_ROWS_NAMED = 3


def show(user_id: int, job_id: int, email: str) -> None:
    """Every value of a contact with its source, the other rows with its e-mail, and the decisions."""
    try:
        found = provenance.of_contact(resources.sessions(), user_id, job_id, email)
    except NotFound as error:
        st.info(words.plain(str(error)))
        return
    st.subheader("Where this contact comes from")
    st.text(f"{email}: {_sentence(found)}")
    _values(found)
    if found.others:
        _rows(found)
    if found.decisions:
        st.caption("What was decided about these rows and this e-mail address, newest first")
        decisions.table(found.decisions)
        if not found.are_all_decisions:
            st.caption("Older decisions are in the history.")


def _sentence(found: Provenance) -> str:
    having = words.count(found.others + 1, "row")
    if found.settled is None:
        place = f"the first of {having}" if found.others else "the only row"
        return f"made of row {found.row_number:,}, {place} with this e-mail address."
    by = f"by {found.settled.by} on {words.moment(found.settled.at)}"
    if found.is_merged:
        return f"merged from {having} {by}."
    return f"made of row {found.row_number:,}, which was chosen of {having} {by}."


def _of_others(found: Provenance) -> str:
    others = words.count(found.others, "other row")
    if found.is_merged:
        return f"{others} went into it"
    if found.settled is not None:
        return f"{others} lost to it"
    repeat = "repeats" if found.others == 1 else "repeat"
    return f"{others} {repeat} it, with the same e-mail address, name and company: nobody had to decide"


def _values(found: Provenance) -> None:
    frame = pd.DataFrame([_line(value) for value in found.values], dtype="string")
    if frame["Before cleaning"].isna().all():
        frame = frame.drop(columns="Before cleaning")
    st.dataframe(frame, hide_index=True, placeholder="", height=tables.height(len(frame)))


def _line(value: Value) -> dict[str, str | None]:
    return {
        "Field": value.column,
        "Value": value.value,
        "From": _source(value),
        "Put there": "As received" if value.decision is None else _decision(value.decision),
        "Before cleaning": value.cell if value.is_cleaned else None,
    }


def _source(value: Value) -> str:
    if not value.row_numbers:
        assert value.decision is not None
        return f"Typed by {value.decision.by}"
    numbers = [f"{number:,}" for number in value.row_numbers]
    if len(numbers) == 1:
        return f"Row {numbers[0]}"
    if len(numbers) > _ROWS_NAMED:
        return f"Rows {', '.join(numbers[:_ROWS_NAMED])} and others"
    return f"Rows {', '.join(numbers[:-1])} and {numbers[-1]}"


def _decision(entry: Decided) -> str:
    return f"{words.decision(entry)}: {entry.by}, {words.moment(entry.at)}"


def _rows(found: Provenance) -> None:
    st.caption(f"{_of_others(found)}. The rows as they now read:")
    rows = [Column(f"Row {row.row_number:,}", row.cells) for row in found.rows]
    st.html(comparison.side_by_side(found.columns, range(len(found.columns)), rows))
    if more := found.others + 1 - len(found.rows):
        st.caption(f"and {more:,} more")
