"""When two rows are the same person: first name, last name and company, compared without regard to form."""

from collections.abc import Sequence
from functools import lru_cache

from ingestion.rules.cells import visible
from ingestion.rules.normalization import normalize

Identity = tuple[str, str, str]
"""First name, last name, company, each folded. Blank differs from filled."""

_LONGEST_KEPT = 256
"""Characters. Thousands of cells of a megabyte would fill the memory."""


def identity(first_name: str, last_name: str, company: str) -> Identity:
    """The identity of a row with these values."""
    return fold(first_name), fold(last_name), fold(company)


def is_same(names: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two rows with these values have one identity."""
    # What is written alike need not be folded.
    return names == others or list(map(fold, names)) == list(map(fold, others))


def fold(value: str) -> str:
    """The value after Unicode NFKC and case folding, without invisible characters, trimmed, inner white space
    collapsed to one space.

    Unicode Standard §3.13, D146: a compatibility caseless match normalizes again after folding. Of more
    than `normalization.MOST_MARKS` marks in a row the order counts.
    """
    return _kept(value) if len(value) <= _LONGEST_KEPT else _folded(value)


def _folded(value: str) -> str:
    if value.isascii() and value.isprintable():
        return " ".join(value.lower().split())
    folded = normalize("NFKC", normalize("NFKC", visible(value)).casefold())
    return " ".join(folded.split())


_kept = lru_cache(maxsize=16 * 1024)(_folded)
"""The same names come again and again."""
