"""What white space and blank mean in a cell. The same characters are trimmed in Python and in SQL."""

import sys

WHITESPACE = "".join(character for character in map(chr, range(sys.maxunicode + 1)) if character.isspace())
"""Every character that Unicode calls white space; `str.strip()` trims exactly these."""


def trim(cell: str) -> str:
    """The cell without white space around it."""
    return cell.strip(WHITESPACE)


def is_blank(cell: str) -> bool:
    """Whether nothing but white space is in the cell."""
    return not cell or cell.isspace()
