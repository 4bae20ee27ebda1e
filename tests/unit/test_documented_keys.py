"""The keys that the operator's guide lists are the review page's."""

import re

from dashboard.components import keyboard
from tests.pages import DOCS, table_with

OF_FIELDS = {"Enter", "Esc"}


def test_the_guide_lists_the_keys_of_the_review_page() -> None:
    table = table_with(DOCS / "operators-guide.md", "key", "does")
    listed = {key for keys, _ in table.lines for key in re.findall(r"`(\w+)`", keys)}
    ours = {
        *(keyboard.NEXT, keyboard.PREVIOUS, keyboard.MERGE, keyboard.ACCEPT, keyboard.LEAVE_OUT),
        *(keyboard.UNDO, keyboard.MANY, keyboard.HELP, keyboard.CORRECT, keyboard.SEARCH),
    }
    assert listed == {*ours, *OF_FIELDS, "1", str(keyboard.NUMBERED)}
