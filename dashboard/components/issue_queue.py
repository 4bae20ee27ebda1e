"""The queue of issues beside the case: filters, pages, and which issue is on screen."""

from dataclasses import dataclass, field

import pandas as pd
import streamlit as st

from dashboard import resources
from dashboard.components import bulk_answer, words
from ingestion import review
from ingestion.review import IssueSummary, Order, Position
from ingestion.rules.issues import IssueType

_ROWS_AT_ONCE = 13
_STATUSES: dict[str, bool | None] = {"Open": True, "Settled": False, "All": None}
_ORDERS = {
    Order.ROW: "In file order",
    Order.TYPE: "By kind",
    Order.SIZE: "Largest groups first",
}


@dataclass
class Queue:
    """What one person looks at in one upload."""

    current: int | None = None
    """The issue on screen."""
    cursors: list[Position] = field(default_factory=list)
    filter: tuple[object, ...] = ()
    generation: int = 0
    """Raised when the issue on screen changes other than by a click in the table."""

    def show_issue(self, issue_id: int | None) -> None:
        """Put an issue on screen."""
        self.current = issue_id
        self.generation += 1


def queue_of(job_id: int) -> Queue:
    """This browser session's queue for an upload."""
    queue: Queue = st.session_state.setdefault(f"queue_{job_id}", Queue())
    return queue


def show(user_id: int, job_id: int) -> list[IssueSummary]:
    """Filters and the page of issues they give; a click puts an issue on screen. Returns the page."""
    queue = queue_of(job_id)
    status = st.segmented_control(
        "Status", list(_STATUSES), default="Open", required=True, key=f"status_{job_id}", width="stretch"
    )
    types = st.multiselect(
        "Kind",
        list(IssueType),  # always the same, without counts: a widget whose options change forgets its choice
        format_func=lambda kind: words.ISSUE[kind],
        placeholder="All kinds",
        key=f"types_{job_id}",
        label_visibility="collapsed",
    )
    search = st.text_input(
        "Search",
        placeholder="Search e-mail, name or company",
        key=f"search_{job_id}",
        label_visibility="collapsed",
    ).strip()
    order = st.selectbox(
        "Order",
        list(_ORDERS),
        format_func=lambda order: _ORDERS[order],
        key=f"order_{job_id}",
        label_visibility="collapsed",
    )
    if queue.filter != (status, search, order, *types):
        queue.filter = (status, search, order, *types)
        queue.cursors.clear()
        queue.show_issue(None)
    found = review.listed(
        resources.sessions(),
        user_id,
        job_id,
        open_only=_STATUSES[status or "Open"],
        types=types,
        search=search,
        order=order,
        after=queue.cursors[-1] if queue.cursors else None,
    )
    if queue.cursors and not found:  # the last issue of a later page is settled: what is left stands before
        queue.cursors.clear()
        queue.show_issue(None)
        st.rerun()
    if queue.current is None and found:
        queue.show_issue(found[0].id)
    _table(job_id, queue, found)
    _pager(queue, found)
    bulk_answer.button(user_id, job_id, tuple(types), search)
    return found


def following(found: list[IssueSummary], issue_id: int) -> int | None:
    """The issue after this one on the page, else the page's first other one, else None."""
    ids = [issue.id for issue in found]
    at = ids.index(issue_id) if issue_id in ids else -1
    others = [*ids[at + 1 :], *ids[: max(at, 0)]]
    return others[0] if others else None


def _table(job_id: int, queue: Queue, found: list[IssueSummary]) -> None:
    if not found:
        return
    shown = [at for at, issue in enumerate(found) if issue.id == queue.current]
    chosen = st.dataframe(
        pd.DataFrame([_line(issue) for issue in found]),
        # Rows are chosen by their place: another list is another table, with only what is shown chosen.
        key=f"queue_{job_id}_{queue.generation}_{hash(tuple(issue.id for issue in found))}",
        hide_index=True,
        height="content" if len(found) <= _ROWS_AT_ONCE else 520,
        on_select="rerun",
        selection_mode="single-row-required" if shown else "single-row",
        selection_default={"selection": {"rows": shown[:1]}},
        column_config={
            "Row": st.column_config.NumberColumn(width=50),
            "Issue": st.column_config.TextColumn(width=125),
        },
    ).selection.rows
    if chosen and chosen[0] < len(found) and found[chosen[0]].id != queue.current:
        queue.current = found[chosen[0]].id


def _line(issue: IssueSummary) -> dict[str, object]:
    about = issue.email if issue.type is IssueType.DUPLICATE_EMAIL else issue.name or issue.email
    return {"Row": issue.row_number, "Issue": words.ISSUE[issue.type], "About": about or "(blank)"}


def _pager(queue: Queue, found: list[IssueSummary]) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if st.button("Earlier", icon=":material/chevron_left:", disabled=not queue.cursors):
            queue.cursors.pop()
            queue.show_issue(None)
            st.rerun()
        if st.button(
            "Later",
            icon=":material/chevron_right:",
            icon_position="right",
            disabled=len(found) < review.PAGE_SIZE,
        ):
            queue.cursors.append(found[-1].position)
            queue.show_issue(None)
            st.rerun()
