"""What differs between values of one field, character by character: for people to see, not to decide by."""

import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import NamedTuple

from ingestion.rules.cells import is_blank, trim

_ALIKE = 0.5
"""Of `difflib`, where 1 is equal: words less alike than this differ as a whole."""
_LONGEST = 500
"""Characters. Comparing takes time by the square; of longer values nothing is marked."""
_JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f")


class Part(NamedTuple):
    """A piece of a value."""

    text: str
    differs: bool


def parts_of_each(values: Sequence[str]) -> list[list[Part]]:
    """Each value cut into parts; what differs from the first other value that reads differently is marked."""
    trimmed = [trim(value) for value in values]
    return [_parts(value, _other(value, trimmed)) for value in trimmed]


def _other(value: str, values: Sequence[str]) -> str | None:
    return next((other for other in values if other != value and not is_blank(other)), None)


def _parts(value: str, other: str | None) -> list[Part]:
    if other is None or max(len(value), len(other)) > _LONGEST:
        return [Part(value, differs=False)]
    pieces = _compared(_words(value), _words(other))
    return [
        Part("".join(text for text, _ in run), differs) for differs, run in groupby(pieces, lambda p: p[1])
    ]


def _compared(ours: list[str], theirs: list[str]) -> Iterator[tuple[str, bool]]:
    """The words of ours and whether they differ; of a word that is nearly theirs, its characters."""
    for same, left, right in _aligned(ours, theirs):
        if same or not left:
            yield from ((word, False) for word in left)
            continue
        letters, others = _characters("".join(left)), _characters("".join(right))
        if SequenceMatcher(None, letters, others, autojunk=False).ratio() < _ALIKE:
            yield "".join(left), True
            continue
        yield from (("".join(some), not alike) for alike, some, _ in _aligned(letters, others) if some)


def _aligned(ours: list[str], theirs: list[str]) -> Iterator[tuple[bool, list[str], list[str]]]:
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for kind, first, last, their_first, their_last in matcher.get_opcodes():
        yield kind == "equal", ours[first:last], theirs[their_first:their_last]


def _words(value: str) -> list[str]:
    """The value cut before and after each word; what stands between words is cut into characters."""
    words: list[str] = []
    for is_word, run in groupby(_characters(value), lambda character: character[0].isalnum()):
        characters = list(run)
        words += ["".join(characters)] if is_word else characters
    return words


def _characters(value: str) -> list[str]:
    """The value cut into what people see as characters: an accent that combines stays with its letter."""
    characters: list[str] = []
    for character in value:
        if characters and (unicodedata.combining(character) or character in _JOINERS):
            characters[-1] += character
        else:
            characters.append(character)
    return characters
