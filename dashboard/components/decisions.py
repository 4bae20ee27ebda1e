"""Decisions as a table."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.components import words
from ingestion.history import Decided
from ingestion.rules.issues import KINDS


def table(entries: Sequence[Decided], **options: Any) -> Any:
    """Show them, newest first as they come; `options` are those of `st.dataframe`."""
    lines = [
        {
            "When": words.moment(entry.at),
            "Who": entry.by,
            "Decision": words.decision(entry),
            "Issue": _issues(entry),
            "About": entry.subject or words.count(sum(entry.issues.values()), "issue"),
            "Undone by": entry.undone_by,
        }
        for entry in entries
    ]
    frame = pd.DataFrame(lines)
    if frame["Undone by"].isna().all():
        frame = frame.drop(columns="Undone by")
    return st.dataframe(frame, hide_index=True, placeholder="", **options)


def _issues(entry: Decided) -> str:
    if entry.subject:
        (kind,) = entry.issues
        return KINDS[kind].title
    return ", ".join(f"{KINDS[kind].title} ({count:,})" for kind, count in entry.issues.items())
