"""What becomes of each row of one upload: the lists behind its balance."""

import pandas as pd
import streamlit as st

from dashboard import auth, resources
from dashboard.components import balance, bulk_answer, heading, notices, pager, progress, tables, words
from ingestion import finalization, outcome
from ingestion.outcome import Became, Outcome
from ingestion.rules.issues import KINDS, Action
from ingestion.rules.lifecycle import JobStatus
from ingestion.viewing import Upload

PAGE_SIZE = 100

_ABOUT = {
    Outcome.CONTACT: "One contact for each e-mail address, in the order of the file.",
    Outcome.LEFT_OUT: "Rows that somebody left out: they are in no contact.",
    Outcome.SETTLED: "Rows that lost to a row that somebody chose, or that somebody merged with others.",
    Outcome.REPEAT: "Rows with the same e-mail, name and company as an earlier row, which was kept. Nobody "
    "was asked about them. What only they say in other columns is in no contact.",
}
_NOTHING = {
    Outcome.CONTACT: "There are no contacts: every row was left out, or waits for a decision.",
    Outcome.LEFT_OUT: "Nobody left a row out.",
    Outcome.SETTLED: "No row lost to another or was merged.",
    Outcome.REPEAT: "No row repeats another.",
}


def page() -> None:
    """The rows of one outcome, by page; searched by e-mail."""
    account = auth.require_account()
    upload = heading.asked_for_upload_or_way_back(account.id)
    if upload is None:
        return
    heading.show(upload, current="outcome")
    notices.show()
    if not progress.is_past(upload):
        return
    is_final = upload.status is JobStatus.COMPLETED
    st.caption("What became of each row." if is_final else "What becomes of each row, as decided so far.")
    balance.show(finalization.preview(resources.sessions(), account.id, upload.id))
    which = st.segmented_control(
        "List",
        list(Outcome),
        format_func=lambda which: words.OUTCOME[which],
        default=Outcome.CONTACT,
        required=True,
        key=f"outcome_{upload.id}",
        label_visibility="collapsed",
    )
    search = st.text_input(
        "Search",
        placeholder="Search e-mail",
        key=f"outcome_search_{upload.id}",
        label_visibility="collapsed",
        width=360,
    ).strip()
    _list(account.id, upload, which or Outcome.CONTACT, search)


def _list(user_id: int, upload: Upload, which: Outcome, search: str) -> None:
    st.caption(_ABOUT[which])
    cursors: list[tuple[str, int]] = st.session_state.setdefault(f"outcome_{upload.id}_{which}_{search}", [])
    after = cursors[-1] if cursors else None
    found = outcome.listed(
        resources.sessions(), user_id, upload.id, which, after=after, search=search, limit=PAGE_SIZE
    )
    if found and which is Outcome.REPEAT and upload.may_decide:
        bulk_answer.repeats_button(user_id, upload.id)
    if found:
        st.dataframe(
            pd.DataFrame([_line(which, row) for row in found]),
            hide_index=True,
            placeholder="",
            height=tables.height(len(found)),
        )
    else:
        st.info("No row matches." if search else _NOTHING[which])
    more = found[-1].place if len(found) == PAGE_SIZE else None
    pager.show(cursors, more, back="Previous", on="Next")


def _line(which: Outcome, row: Became) -> dict[str, object]:
    line: dict[str, object] = {
        "Row": row.row_number,
        "E-mail": row.email,
        "Name": row.name,
        "Company": row.company,
    }
    match which:
        case Outcome.CONTACT:
            line["How"] = words.DECISION[row.action] if row.action else ""
        case Outcome.LEFT_OUT:
            line["Because of"] = KINDS[row.issue].title if row.issue else ""
        case Outcome.SETTLED:
            line["Became"] = _settled(row)
        case Outcome.REPEAT:
            return line | {"Kept": f"Row {row.kept_row:,}", "Differs in": _differing(row)}
    return line | {"Decided by": row.by, "When": words.moment(row.at) if row.at else ""}


def _differing(row: Became) -> str:
    if not row.differing:
        return ""
    return f"{words.count(len(row.differing), 'column')}: {', '.join(row.differing)}"


def _settled(row: Became) -> str:
    if row.action is Action.MERGE:
        return f"Merged into one record with row {row.kept_row:,}"
    return f"Row {row.kept_row:,} was chosen"
