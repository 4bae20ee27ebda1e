"""What white space, blank and clean mean for a cell. The same characters are used in Python and in SQL."""

import sys

WHITESPACE = "".join(character for character in map(chr, range(sys.maxunicode + 1)) if character.isspace())
"""Every character that Unicode calls white space; `str.strip()` trims exactly these."""

_NON_BREAKING = "\u00a0\u2007\u202f"
_JOINERS = "\u200c\u200d"
"""Invisible, but they belong to the spelling of Persian and Indic words, and to emoji: not to be removed."""
_CONTROLS = "".join(
    character for character in map(chr, [*range(1, 32), *range(127, 160)]) if not character.isspace()
)
_INVISIBLE = "".join(
    [
        "\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u2060\ufeff",
        *map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]),
    ]
)
"""Soft hyphens, zero-width spaces, marks of direction (UAX #9): nobody sees them, and they mean nothing."""

UNSEEN = _INVISIBLE + _CONTROLS
"""What is in a text without being seen, and may change how the rest of it reads."""
ODD = _NON_BREAKING + UNSEEN
PLAIN = " " * len(_NON_BREAKING)
"""`translate(cell, ODD, PLAIN)`, as SQL has it, cleans a cell: what has no counterpart goes."""

BLANKS = WHITESPACE + _INVISIBLE + _CONTROLS + _JOINERS
"""What is trimmed from a cell, and what a cell may hold and be blank."""

BEGINS_BLANK = frozenset(["", *BLANKS])
"""How a cell begins, its first character if it has any, that may be blank."""

_CLEANED = str.maketrans(_NON_BREAKING, PLAIN, _INVISIBLE + _CONTROLS)
_VISIBLE = str.maketrans("", "", _INVISIBLE + _CONTROLS + _JOINERS)
_WRITTEN = str.maketrans("", "", _INVISIBLE)


def trim(cell: str) -> str:
    """The cell without white space and invisible characters around it."""
    return cell.strip(BLANKS)


def clean(cell: str) -> str:
    """The cell as a contact has it: trimmed, no invisible characters, no space that cannot break."""
    if cell.isascii() and cell.isprintable():
        return cell.strip(" ")
    return cell.translate(_CLEANED).strip(BLANKS)


def visible(cell: str) -> str:
    """The cell without any invisible character: for comparing, not for keeping."""
    return cell if cell.isprintable() else cell.translate(_VISIBLE)


def written(cell: str) -> str:
    """The cell without what copying from a page or a document adds to a text unseen."""
    return cell if cell.isprintable() else cell.translate(_WRITTEN)


def is_blank(cell: str) -> bool:
    """Whether nothing that can be seen is in the cell."""
    return not cell or (not cell[0].isalnum() and not cell.strip(BLANKS))
