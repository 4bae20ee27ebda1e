"""The queue of issues beside the case: filters, pages, and which issue is on screen."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import resources
from dashboard.components import bulk_answer, keyboard, tables
from dashboard.components.browsing import Queue, is_full, queue_of
from dashboard.components.bulk_answer import About
from ingestion import review
from ingestion.review import IssueSummary, Order
from ingestion.rules.issues import KINDS, IssueType
from ingestion.viewing import Upload

_STATUSES: dict[str, bool | None] = {"Open": True, "Settled": False, "All": None}
_ORDERS = {
    Order.ROW: "In file order",
    Order.TYPE: "By kind",
    Order.SIZE: "Largest groups first",
}
_COLUMNS: Mapping[str, Any] = {
    "Row": st.column_config.NumberColumn(width=60, format="localized"),
    "Issue": st.column_config.TextColumn(width=125),
}


def show(user_id: int, upload: Upload) -> list[IssueSummary]:
    """Filters and the page of issues they give; a click puts an issue on screen. Returns the page."""
    job_id = upload.id
    queue = queue_of(job_id)
    status = st.segmented_control(
        "Status", list(_STATUSES), default="Open", required=True, key=f"status_{job_id}", width="stretch"
    )
    types = st.multiselect(
        "Kind",
        list(IssueType),  # always the same, without counts: a widget whose options change forgets its choice
        format_func=lambda kind: KINDS[kind].title,
        placeholder="All kinds",
        key=f"types_{job_id}",
        label_visibility="collapsed",
    )
    with st.container(key=keyboard.TO_SEARCH):
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
        queue.restart()
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
        queue.restart()
        st.rerun()
    queue.choose(found)
    about = About(tuple(types), search)
    if st.toggle("Choose several", key=f"several_{job_id}"):
        about = _chosen(_several(job_id, found)) or about
    else:
        _one(job_id, queue, found)
    _pager(queue, found)
    if upload.may_decide:
        bulk_answer.button(user_id, job_id, about)
    return found


def step_buttons(queue: Queue, found: list[IssueSummary]) -> None:
    """Buttons to the issues before and after the one on screen, which stays as it is."""
    st.button(
        "Previous",
        icon=":material/arrow_upward:",
        shortcut=keyboard.PREVIOUS,
        disabled=queue.is_first(found),
        on_click=queue.go_back,
        args=(found,),
    )
    st.button(
        "Next",
        icon=":material/arrow_downward:",
        shortcut=keyboard.NEXT,
        disabled=queue.is_last(found),
        on_click=queue.go_on,
        args=(found,),
    )


def _chosen(issues: list[IssueSummary]) -> About | None:
    """What is answered at once: the open ones of the issues."""
    opened = [issue for issue in issues if issue.is_open]
    kinds = sorted({issue.type for issue in opened})
    return About(tuple(kinds), issue_ids=tuple(issue.id for issue in opened)) if opened else None


def _several(job_id: int, found: list[IssueSummary]) -> list[IssueSummary]:
    """The page as a table in which any number is chosen; those chosen."""
    return _table(found, f"several_{job_id}", selection_mode="multi-row")


def _one(job_id: int, queue: Queue, found: list[IssueSummary]) -> None:
    """The page as a table in which the issue on screen is chosen."""
    shown = [at for at, issue in enumerate(found) if issue.id == queue.current]
    chosen = _table(
        found,
        f"queue_{job_id}_{queue.generation}",
        selection_mode="single-row-required" if shown else "single-row",
        selection_default={"selection": {"rows": shown[:1]}},
    )
    if chosen and chosen[0].id != queue.current:
        queue.current = chosen[0].id


def _table(found: list[IssueSummary], key: str, **selection: Any) -> list[IssueSummary]:
    """Show issues, if there are any; those chosen."""
    if not found:
        return []
    chosen = st.dataframe(
        pd.DataFrame([_line(issue) for issue in found]),
        # Rows are chosen by their place: another list is another table, with only what is shown chosen.
        key=f"{key}_{hash(tuple(issue.id for issue in found))}",
        hide_index=True,
        height=tables.height(len(found), most=13, pixels=520),
        on_select="rerun",
        column_config=_COLUMNS,
        **selection,
    ).selection.rows
    return [found[at] for at in chosen if at < len(found)]


def _line(issue: IssueSummary) -> dict[str, object]:
    about = issue.email if issue.type is IssueType.DUPLICATE_EMAIL else issue.name or issue.email
    return {"Row": issue.row_number, "Issue": KINDS[issue.type].title, "About": about or "(blank)"}


def _pager(queue: Queue, found: list[IssueSummary]) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.button(
            "Earlier",
            icon=":material/chevron_left:",
            disabled=not queue.cursors,
            on_click=queue.turn,
            args=(None,),
        )
        st.button(
            "Later",
            icon=":material/chevron_right:",
            icon_position="right",
            disabled=not is_full(found),
            on_click=queue.turn,
            args=(found[-1].position,) if found else (),
        )
