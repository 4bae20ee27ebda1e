"""One issue: what it is about, and every way to settle it."""

from functools import partial

import streamlit as st

from dashboard import resources
from dashboard.components import comparison, decision_buttons, keyboard, row_editor, words
from dashboard.components.comparison import Column
from dashboard.components.decision_buttons import Decide
from ingestion import cases, deciding
from ingestion.cases import Candidate, Case
from ingestion.deciding import Seen
from ingestion.rules.issues import KINDS, Action, IssueType
from ingestion.viewing import Upload


def opened(user_id: int, job_id: int, issue_id: int) -> Case:
    """The issue, of a large group the page of rows that is looked at. Raises NotFound."""
    page = st.session_state.get(_page_key(issue_id), 1) - 1
    return cases.get(resources.sessions(), user_id, job_id, issue_id, page=page)


def show(user_id: int, upload: Upload, case: Case, decide: Decide) -> None:
    """The issue, its rows, and what may be decided; a settled one says who did what.

    What one acts on comes first: a row may have more fields than a screen has lines.
    """
    _head(case)
    if case.settled is not None:
        _settled(user_id, upload, case, decide)
    elif case.type is IssueType.DUPLICATE_EMAIL:
        _group(_seen(user_id, upload.id, case), case, decide)
    else:
        _row(_seen(user_id, upload.id, case), case, decide)
    if case.group_size > cases.CANDIDATES_PER_PAGE:
        st.pagination(-(-case.group_size // cases.CANDIDATES_PER_PAGE), key=_page_key(case.id))
    keyboard.listen(case.id, is_asked=case.is_open and case.field is not None)


def _page_key(issue_id: int) -> str:
    return f"candidates_page_{issue_id}"


def _seen(user_id: int, job_id: int, case: Case) -> Seen:
    # What a button does is fixed when it is drawn, the version of the issue with it. A click that comes late
    # thus decides on what its person saw, and is refused when that has changed.
    return Seen(user_id, job_id, case.id, case.version)


def _head(case: Case) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(KINDS[case.type].title, color="orange" if case.is_open else "green")
        st.text(case.key if case.type is IssueType.DUPLICATE_EMAIL else f"Row {int(case.key):,}")
        if case.group_size > 1:
            st.caption(words.count(case.group_size, "row"))
    detail = case.detail if case.type is not IssueType.DUPLICATE_EMAIL else ""
    st.text(" ".join(filter(None, [KINDS[case.type].explanation, detail])))


def _group(seen: Seen, case: Case, decide: Decide) -> None:
    is_whole = case.group_size <= cases.CANDIDATES_PER_PAGE
    with st.container(horizontal=True, gap="small"):
        decision_buttons.keep(seen, case, decide)
        if is_whole:
            decision_buttons.merge(seen, case, decide)
        decision_buttons.leave_out(seen, case, decide)
    _side_by_side(case, row_editor.record_of(case) if is_whole else None)
    if is_whole:
        row_editor.merge(case)
    else:
        st.caption(f"Groups of up to {cases.CANDIDATES_PER_PAGE} rows can also be merged field by field.")
    _the_same(case)


def _row(seen: Seen, case: Case, decide: Decide) -> None:
    with st.container(horizontal=True, gap="small"):
        decision_buttons.accept(seen, case, decide)
        decision_buttons.leave_out(seen, case, decide)
    decision_buttons.suggestions(seen, case, decide)
    if case.field is None:  # the row as it would be is what is asked about
        _whole_row(case)
    sessions = resources.sessions()  # here, where a page says so if there are none, and not in a callback
    row_editor.correct(
        case, lambda cells: decide(partial(deciding.edit, sessions, seen, cells=cells), "Corrected")
    )
    if case.field is not None:
        _whole_row(case)


def _settled(user_id: int, upload: Upload, case: Case, decide: Decide) -> None:
    settled = case.settled
    assert settled is not None
    what = words.DECISION[settled.action].lower()
    if settled.action is Action.CHOOSE and settled.row_number is not None and not settled.by_consequence:
        what = f"chose row {settled.row_number}"
    how = " by a decision on another issue" if settled.by_consequence else ""
    st.success(
        f"Settled{how}: {words.plain(settled.by)} {what} on {words.moment(settled.at)}.",
        icon=":material/task_alt:",
    )
    if upload.may_decide:
        decision_buttons.undo(user_id, upload.id, case.id, settled, decide)
    if case.type is IssueType.DUPLICATE_EMAIL:
        _side_by_side(case)
        _the_same(case)
    else:
        _whole_row(case)


def _side_by_side(case: Case, record: list[str] | None = None) -> None:
    rows = [
        Column(_title(candidate), candidate.cells, (keyboard.digit(number) or "") if case.is_open else "")
        for number, candidate in enumerate(case.candidates, start=1)
    ]
    if record is not None:
        rows.append(Column("Merged", record, keyboard.MERGE, is_result=True))
    st.html(comparison.side_by_side(case.columns, case.compared, rows))
    if case.group_size > 1 and not case.differing:
        st.caption("The rows shown read the same; others of this group differ.")


def _the_same(case: Case) -> None:
    known = {*case.compared, case.contact_columns.email}  # the e-mail stands above
    same = [at for at in range(len(case.columns)) if at not in known]
    if same and case.candidates:
        st.caption("The same in every row shown")
        st.html(comparison.fields(case.columns, case.candidates[0].cells, same))


def _title(candidate: Candidate) -> str:
    return f"Row {candidate.row_number:,}" + (" (left out)" if candidate.is_skipped else "")


def _whole_row(case: Case) -> None:
    everything = range(len(case.columns))
    st.html(comparison.fields(case.columns, case.candidates[0].cells, everything, marked=case.field))
    if case.surplus:
        st.caption("Cells beyond the header: they stay with the upload but go into no contact.")
        names = [f"Cell {len(case.columns) + number}" for number in range(1, len(case.surplus) + 1)]
        st.html(comparison.fields(names, case.surplus, range(len(names))))
