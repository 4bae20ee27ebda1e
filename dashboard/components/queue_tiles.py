"""The queue and the workers in six numbers."""

import streamlit as st

from dashboard.components import words
from ingestion.operations import Overview
from ingestion.queue import Depths

_NONE = "–"


def show(depths: Depths | None, found: Overview) -> None:
    """The numbers, and what is wrong with the whole; without `depths` the queue does not answer."""
    tiles = [*_queue(depths), *_work(found)]
    for column, (label, number, explanation) in zip(st.columns(len(tiles)), tiles, strict=True):
        column.metric(label, number, help=explanation, border=True)
    st.caption("SQS counts approximately. This page refreshes by itself.")
    if depths is None:
        st.warning(
            "The queue does not answer. Uploads are kept, and sent to the workers when it does. Everything "
            "below but the dead letters is up to date.",
            icon=":material/cloud_off:",
        )
    if not any(worker.is_alive for worker in found.workers):
        st.error(
            "No worker is alive: uploads wait until one starts. See the workers' log for why they ended.",
            icon=":material/power_off:",
        )


def _queue(depths: Depths | None) -> list[tuple[str, str, str]]:
    if depths is None:
        waiting = in_flight = delayed = dead = _NONE
    else:
        counts = depths.jobs.waiting, depths.jobs.in_flight, depths.jobs.delayed, depths.dead_letters.total
        waiting, in_flight, delayed, dead = (f"{count:,}" for count in counts)
    return [
        ("Waiting", waiting, "Messages that a worker may take now."),
        ("In flight", in_flight, "Messages that a worker has taken and not finished."),
        ("Delayed", delayed, "Messages that wait for their time, such as that of a next attempt."),
        ("Dead letters", dead, "Messages that failed for good. SQS keeps them for 14 days."),
    ]


def _work(found: Overview) -> list[tuple[str, str, str]]:
    oldest, due = found.waiting.oldest, words.count(found.waiting.count, "upload")
    alive = sum(worker.is_alive for worker in found.workers)
    explanation = (
        f"For how long the first of {due} has been due for a worker. The database says so: SQS does not tell "
        "how old its messages are."
    )
    return [
        ("Oldest waiting", _NONE if oldest is None else words.duration(oldest), explanation),
        ("Workers alive", f"{alive:,}", "Processes that gave a sign of life in the last 15 seconds."),
    ]
