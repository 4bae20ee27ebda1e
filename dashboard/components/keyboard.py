"""The keys of the review page, and the sheet that lists them."""

from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.components import notices

NEXT, PREVIOUS = "J", "K"
MERGE = "M"
ACCEPT = "A"
LEAVE_OUT = "S"
UNDO = "U"
MANY = "B"
HELP = "H"
CORRECT, SEARCH = "E", "F"
"""These two go to a field, which no button can: `assets/keyboard.js` knows them, too."""
NUMBERED = 9
"""So many rows or suggestions have a digit of their own."""

TO_CORRECT = "to_correct"
"""The key of the container that has the field in question, or the first value of a merged record."""
TO_SEARCH = "to_search"
"""The key of the container that has the search."""

_JS = (Path(__file__).parent.parent / "assets" / "keyboard.js").read_text(encoding="utf-8")
_SHEET = {
    f"1 to {NUMBERED}": "Keep this row, or use this suggestion",
    MERGE: "Save the merged record as it is shown",
    ACCEPT: "Keep it blank, or accept a broken row as it is shown",
    LEAVE_OUT: "Leave the row, or all rows of the group, out",
    CORRECT: "Go to the field in question, or to the values of the merged record",
    "Enter": "In a field: save the correction",
    "Esc": "Leave a field: then these keys act again",
    NEXT: "Next issue; this one stays as it is",
    PREVIOUS: "Previous issue",
    UNDO: "Undo your last decision, or the one that is shown",
    SEARCH: "Go to the search",
    MANY: "Answer many issues at once",
    HELP: "This list",
}


def digit(number: int) -> str | None:
    """The key of the first, second, … of several; None when there are too many."""
    return str(number) if number <= NUMBERED else None


def listen(issue_id: int, *, is_asked: bool) -> None:
    """Have keys go to fields. An issue that comes up is shown from its top.

    If `is_asked`, its field gets the cursor: also after a refusal, when it may have lost it.
    """
    component = st.components.v2.component("keyboard", js=_JS)
    component(key="keyboard", data={"about": f"{issue_id} {notices.refusals()}", "asked": is_asked})


def help_button() -> None:
    """A button that opens the list of keys."""
    if st.button("Keys", icon=":material/keyboard:", shortcut=HELP, key="keys", type="tertiary"):
        _sheet()


@st.dialog("Keys")
def _sheet() -> None:
    lines = pd.DataFrame({"Key": list(_SHEET), "What it does": list(_SHEET.values())})
    st.dataframe(lines, hide_index=True, height="content")
