"""Which cells a spreadsheet could take for formulas, and how they are written so that none does.

One apostrophe goes in front of what could begin a formula. Spreadsheets show it, since it comes from a file,
and calculate nothing; taking it off gives the cell back, whatever it held.
Source: https://owasp.org/www-community/attacks/CSV_Injection, and ASVS 5.0, 1.2.10.
"""

import re
from typing import NamedTuple

from ingestion.rules.cells import BLANKS, clean

SEPARATORS = ";|\t\r\n"
"""What parts cells or ends rows in a program that was told another delimiter than the comma, or has one of
its own, as Excel in half of Europe: behind each of them a cell begins for it, even between quotes."""

SIGNS = "=+-@＝＋－＠"
"""What a formula begins with."""

SKIPPED = '\0"' + "".join(blank for blank in BLANKS if blank not in SEPARATORS)
"""What may stand in front of a sign, and is dropped by one program or another."""

PHONE = r"\+(?:[ ().\-/]*[0-9]){5,15}\)?"
"""A number for calling abroad (E.164 §6: at most 15 digits), in ASCII."""
NUMBER = r"[+-][0-9]+(?:\.[0-9]+)?"
DASHES = "-+"
"""No more than a cell that says there is nothing."""

_EXTENSION = r"(?: ?(?:x|ext\.?|#) ?[0-9]{1,6})?"
_CURRENCY = "[$£¥¢€₩₪₫₴₹₺₽฿]"
_AMOUNT = (
    rf"[+-] ?{_CURRENCY}? ?(?:[0-9]{{1,3}}(?:[ .,'’][0-9]{{2,3}})+|[0-9]+|(?=[.,][0-9]))"
    rf"(?:[.,][0-9]*)?(?:[eE][+-]?[0-9]+)?(?: ?[%‰]| ?{_CURRENCY}| [A-Z]{{3}})?"
)
_HARMLESS = re.compile(f"{PHONE}{_EXTENSION}|{NUMBER}|{_AMOUNT}|{DASHES}")

_AS_ASCII = str.maketrans("＋－（）．／０１２３４５６７８９‐‑–−", "+-()./0123456789----")

_BEGINNING = re.compile(
    rf"\A('*+)(?=[\t\r\n])"
    rf"|(\A|[{SEPARATORS}])('*+)(?=([{re.escape(SKIPPED)}]*+[{re.escape(SIGNS)}][^{SEPARATORS}]*+))"
)
"""Where in a cell a formula could begin: apostrophes before white space that parts cells; or what stands
before, apostrophes, and what would be the formula."""


_CERTAIN = re.compile(rf"[A-Za-z0-9][^{SEPARATORS}]*+")
"""Nearly all cells, told quickly."""


def protect(cell: str) -> str:
    """The cell with one apostrophe more wherever a spreadsheet could see a formula begin.

    That is at its beginning, and behind each separator. Phone numbers, amounts and dashes stay as they are:
    digits reach nothing. `unprotect` gives back any cell.
    """
    return cell if not cell or _CERTAIN.fullmatch(cell) else _BEGINNING.sub(_with_apostrophe, cell)


def unprotect(cell: str) -> str:
    """The cell without the apostrophes that `protect` put in."""
    return _BEGINNING.sub(_without_apostrophe, cell) if "'" in cell else cell


def is_dangerous(cell: str) -> bool:
    """Whether a spreadsheet could take the cell, as it is, or a part of it for a formula."""
    if not cell or _CERTAIN.fullmatch(cell):
        return False
    beginnings = map(_Beginning.of, _BEGINNING.finditer(cell))
    return any(not (beginning.apostrophes or beginning.is_harmless) for beginning in beginnings)


def is_protected(cell: str) -> bool:
    """Whether `unprotect` takes something off the cell."""
    return unprotect(cell) != cell


class _Beginning(NamedTuple):
    """Where in a cell a formula could begin."""

    before: str
    """A separator, or nothing."""
    apostrophes: str
    is_harmless: bool

    @classmethod
    def of(cls, found: re.Match[str]) -> "_Beginning":
        """What `_BEGINNING` found."""
        before_blank, before, apostrophes, piece = found.groups(default="")
        if not piece:
            return cls("", before_blank, is_harmless=False)
        is_harmless = _HARMLESS.fullmatch(clean(piece).translate(_AS_ASCII)) is not None
        return cls(before, apostrophes, is_harmless)


def _with_apostrophe(found: re.Match[str]) -> str:
    before, apostrophes, is_harmless = _Beginning.of(found)
    return found[0] if is_harmless else f"{before}'{apostrophes}"


def _without_apostrophe(found: re.Match[str]) -> str:
    before, apostrophes, is_harmless = _Beginning.of(found)
    return found[0] if is_harmless else before + apostrophes[1:]
