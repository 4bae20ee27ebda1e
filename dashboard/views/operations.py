"""What the installation does, and what needs somebody: for administrators."""

import streamlit as st

from dashboard import auth, navigation, resources, runs
from dashboard.components import dead_letters, notices, outage, queue_tiles, throughput, work
from ingestion import audit, operations
from ingestion.audit import Group, Wanted
from ingestion.errors import QueueUnavailable
from ingestion.queue import Depths

REFRESH_SECONDS = 5
_ENTRIES = 20
_DONE_HERE = Wanted(groups=frozenset({Group.DELETIONS, Group.OPERATIONS}))


def page() -> None:
    """The queue, its dead letters, stuck jobs, workers and throughput, kept up to date."""
    account = auth.require_account()
    st.title("Operations")
    if not account.is_administrator:
        st.info(
            "This page is for administrators. Ask one of them if an upload does not move on.",
            icon=":material/lock:",
        )
        return
    notices.show()
    dead_letters.open_dialog()
    st.fragment(_now, run_every=REFRESH_SECONDS)()


@outage.boundary()
def _now() -> None:
    account = auth.require_account(is_activity=False)
    if not account.is_administrator:
        runs.again()
    depths = _depths(account.id)
    found = operations.overview(resources.sessions(), account.id, resources.settings())
    queue_tiles.show(depths, found)
    dead_letters.show(None if depths is None else depths.dead_letters.total)
    work.stuck(found.stuck)
    work.workers(found.workers)
    throughput.show()
    work.retried(found.retried)
    work.failures(found.failures)
    work.done(audit.page(resources.sessions(), account.id, _DONE_HERE, limit=_ENTRIES))
    if st.button("All that was done", icon=":material/history:", type="tertiary"):
        navigation.open_page("audit")


def _depths(user_id: int) -> Depths | None:
    """None where the queue does not answer: all else is told without it."""
    try:
        return operations.depths(resources.sessions(), resources.queue(), user_id)
    except QueueUnavailable:
        return None
