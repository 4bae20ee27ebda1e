"""Who decided what about one upload, and taking it back."""

from functools import partial

import streamlit as st

from dashboard import auth, resources
from dashboard.components import decisions, heading, notices, pager, tables, words
from ingestion import history, undoing
from ingestion.history import Decided, Filter
from ingestion.rules.issues import Action


def page() -> None:
    """The decisions on an upload, filtered and searched; one that is chosen can be undone."""
    account = auth.require_account()
    upload = heading.asked_for_upload_or_way_back(account.id)
    if upload is None:
        return
    heading.show(upload, current="history")
    notices.show()
    which = _filter(account.id, upload.id)
    key = f"history_{upload.id}_{hash(which)}"
    cursors: list[int] = st.session_state.setdefault(key, [])
    before = cursors[-1] if cursors else None
    found = history.listed(resources.sessions(), account.id, upload.id, which, before=before)
    if not found:
        st.info("Nothing was decided yet." if which == Filter() else "No decision matches.")
        return
    chosen = _choose(found, key) if upload.may_decide else None
    if not upload.may_decide:
        decisions.table(found, height=tables.height(len(found)))
    older = found[-1].id if len(found) == history.PAGE_SIZE else None
    pager.show(cursors, older, back="Newer", on="Older")
    if chosen is not None:
        _chosen(account.id, upload.id, chosen)
    elif upload.may_decide:
        st.caption("Choose a decision to undo it.")
    else:
        st.caption("Undoing a decision would take the contacts away, which your role does not allow.")


def _choose(found: list[Decided], key: str) -> Decided | None:
    """Show decisions as a table; the one that is chosen in it."""
    chosen = decisions.table(
        found,
        key=f"{key}_{found[0].id}",  # rows are chosen by their place: with a newer one nothing is
        on_select="rerun",
        selection_mode="single-row",
        height=tables.height(len(found)),
    ).selection.rows
    return found[chosen[0]] if chosen and chosen[0] < len(found) else None


def _filter(user_id: int, job_id: int) -> Filter:
    people = history.people(resources.sessions(), user_id, job_id)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            "Search", placeholder="E-mail address or row", label_visibility="collapsed", width=320
        )
        action = st.selectbox(
            "Decision",
            list(Action),
            index=None,
            format_func=lambda action: words.DECISION[action],
            placeholder="All decisions",
            label_visibility="collapsed",
            width=220,
        )
        by = st.selectbox(
            "Who",
            list(people),
            index=None,
            format_func=people.__getitem__,  # a choice is not rendered as Markdown
            placeholder="Everybody",
            label_visibility="collapsed",
            width=220,
        )
    return Filter(decided_by=by, action=action, search=search)


def _chosen(user_id: int, job_id: int, entry: Decided) -> None:
    if not entry.can_be_undone:
        st.caption("This was undone." if entry.undone_by else "An undo stays: decide anew instead.")
        return
    undo = partial(undoing.undo, resources.sessions(), user_id, job_id, entry.id)
    issues = words.count(sum(entry.issues.values()), "issue")
    label = f"Undo: ask about {issues} again"
    st.button(label, icon=":material/undo:", type="primary", on_click=_undo, args=(undo,))


def _undo(undo: "partial[None]") -> None:
    with notices.attempt():
        if auth.current_account() is None:
            return
        undo()
        notices.done("Undone")
