"""Which passwords are taken: long ones, of any characters, that nobody would try first.

Length is what resists guessing, and there are no composition rules, which make passwords shorter and more
alike (NIST SP 800-63B §5.1.1.2). The same section asks to refuse what is common, repetitive or sequential,
and what is made of the name of the service or of the person.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from ingestion.rules.common_passwords import is_common
from ingestion.rules.normalization import normalize

MIN_CHARACTERS = 12
MAX_CHARACTERS = 64
MAX_BYTES = 72
"""bcrypt reads no further: what follows would not count."""
LONGEST_TYPED = 256
"""Characters before normalization, which may make fewer of them. More are no password of anybody's."""

RULE = f"{MIN_CHARACTERS} to {MAX_CHARACTERS} characters. A few words in a row are easy to keep in mind."

_PRODUCT = ("data", "ingestion", "tool")
_MAX_PERIOD = 4
"""A unit of so many characters or fewer, said again and again, is a repetition."""
_STEPS = (-1, 0, 1)


def normalized(password: str) -> str:
    """One spelling of each character (Unicode NFKC), so that every keyboard types the same password.

    What is longer than LONGEST_TYPED stays as it is: nothing is worked out for it.
    """
    return password if len(password) > LONGEST_TYPED else normalize("NFKC", password)


def problem_of(password: str, own: Sequence[str] = ()) -> str | None:
    """What is wrong with a new password, in words for the person choosing it, or None.

    `own` is what others know of this person: the e-mail address and the names. A character is a Unicode code
    point of the normalized password, of one longer than LONGEST_TYPED as it was typed.
    """
    password = normalized(password)
    if problem := _size_problem(password):
        return problem
    folded = password.casefold()
    if _is_trivial(folded):
        return (
            "This password is a sequence or a repetition, which is guessed first. Choose a few words instead."
        )
    if is_common(folded):
        return "Many people use this password, and whoever guesses tries it first. Choose another one."
    if _is_made_of(folded, [*_PRODUCT, *_words(own)]):
        return "This password is made of your name, your address or the product's name. Choose another one."
    return None


def _size_problem(password: str) -> str | None:
    if len(password) < MIN_CHARACTERS:
        return f"The password has {len(password)} characters. It needs at least {MIN_CHARACTERS}."
    if len(password) > MAX_CHARACTERS:
        return f"The password has {len(password)} characters. At most {MAX_CHARACTERS} are possible."
    size = len(password.encode())
    if size > MAX_BYTES:
        return (
            f"The password takes {size} bytes, and at most {MAX_BYTES} are possible. A letter outside a to z"
            " can take several. Choose a shorter one."
        )
    return None


def _is_trivial(folded: str) -> bool:
    """Whether a short unit is repeated, or all is one or two runs such as 12345678 or aaaa."""
    if any(folded == (folded[:period] * len(folded))[: len(folded)] for period in range(1, _MAX_PERIOD + 1)):
        return True
    return _runs(folded) <= 2


def _runs(folded: str) -> int:
    """Of how many stretches it consists within which each character is the one before, the next or the same.

    A stretch keeps its direction; after 9 comes 0.
    """
    runs, direction = 1, None
    for before, after in pairwise(folded):
        step = _step(before, after)
        if step not in _STEPS or (direction is not None and step != direction):
            runs, direction = runs + 1, None
        else:
            direction = step
    return runs


def _step(before: str, after: str) -> int:
    if before + after in ("90", "09"):
        return 1 if before == "9" else -1
    return ord(after) - ord(before)


def _words(own: Sequence[str]) -> set[str]:
    """What is known of a person, whole and in its parts."""
    parts = (part for text in own for part in [text, *re.split(r"[\W_]+", text)])
    return {word for part in parts if (word := _squeezed(part.casefold()))}


def _is_made_of(folded: str, words: Sequence[str]) -> bool:
    """Whether it is these words and what is between them, and up to four digits at the end."""
    whole = _squeezed(folded)
    return any(_is_chain(text, words) for text in (whole, re.sub(r"\d{1,4}$", "", whole)))


def _is_chain(text: str, words: Sequence[str]) -> bool:
    # By the positions that words can end at: a pattern would try every way to cut a long text.
    ends = {0}
    for at in range(len(text)):
        if at in ends:
            ends.update(at + len(word) for word in words if text.startswith(word, at))
    return bool(text) and len(text) in ends


def _squeezed(text: str) -> str:
    """Its letters, without their accents, and digits."""
    return re.sub(r"[\W_]+", "", normalize("NFKD", text))
