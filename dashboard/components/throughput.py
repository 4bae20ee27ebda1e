"""How much gets done, as a plot."""

import datetime as dt

import streamlit as st

from dashboard import auth, resources
from dashboard.components import bars, words
from dashboard.components.bars import Series
from ingestion import throughput
from ingestion.throughput import Span, Throughput

_EACH = {Span.HOURS: "5 minutes", Span.DAY: "an hour", Span.WEEK: "6 hours"}


def show() -> None:
    """Files and rows by interval, over a span that one chooses."""
    st.space("xxsmall")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Throughput", width="content")
        st.space("stretch")
        span = st.segmented_control(
            "Over the last",
            list(Span),
            default=Span.HOURS,
            key="throughput_span",
            label_visibility="collapsed",
        )
    account = auth.require_account()
    found = throughput.throughput(resources.sessions(), account.id, span or Span.HOURS)
    st.caption(_sum(found))
    labels = [_label(interval.begins, found.step) for interval in found.intervals]
    each = _EACH[span or Span.HOURS]
    files, rows = st.columns(2)
    files.html(
        bars.stacked(
            f"Files in {each}",
            labels,
            [
                Series("processed", "files", [interval.files for interval in found.intervals]),
                Series("failed", "failed", [interval.failed for interval in found.intervals]),
            ],
        )
    )
    rows.html(
        bars.stacked(
            f"Rows in {each}",
            labels,
            [Series("processed", "rows", [interval.rows for interval in found.intervals])],
        )
    )


def _sum(found: Throughput) -> str:
    files = sum(interval.files for interval in found.intervals)
    rows = sum(interval.rows for interval in found.intervals)
    completed = sum(interval.completed for interval in found.intervals)
    failed = sum(interval.failed for interval in found.intervals)
    if not files and not completed and not failed:
        return "Nothing was processed in this time."
    return (
        f"{words.count(files, 'file')} with {words.count(rows, 'row')} processed, "
        f"{completed:,} completed, {failed:,} failed."
    )


def _label(begins: dt.datetime, step: dt.timedelta) -> str:
    there = words.local(begins)
    return f"{there:%H:%M}" if step <= dt.timedelta(hours=1) else f"{there:%a %H:%M}"
