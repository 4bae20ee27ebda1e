"""Unicode normalization in a time that grows as the text does.

`unicodedata.normalize` sorts the marks that follow a letter, by insertion: of n marks in the wrong order that
takes n² steps, within which no other thread runs. No language has words with more than a few marks on a
letter; Unicode's Stream-Safe Text Format (UAX #15 §13) allows thirty.
"""

import unicodedata
from collections.abc import Iterator
from typing import Literal

MOST_MARKS = 30
"""As many in a row are put in order. More are what nobody writes, and stay in pieces of so many."""
_SHORT = 128
"""Characters of a text that is normalized as it is, whatever it consists of: that takes microseconds."""
_ARE_MARKS = frozenset("\u0f73\u0f75\u0f81\uff9e\uff9f")
"""By what they are normalized to, of combining class 0 themselves."""

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]


def normalize(form: Form, text: str) -> str:
    """The text in this form, as `unicodedata.normalize` has it unless more than MOST_MARKS come in a row."""
    if len(text) <= _SHORT or text.isascii():
        return unicodedata.normalize(form, text)
    return "".join(unicodedata.normalize(form, piece) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    """The text, cut where more than MOST_MARKS come in a row."""
    begin = marks = 0
    for at, character in enumerate(text):
        is_mark = unicodedata.combining(character) or character in _ARE_MARKS
        marks = marks + 1 if is_mark else 0
        if marks > MOST_MARKS:
            yield text[begin:at]
            begin, marks = at, 1
    yield text[begin:]
