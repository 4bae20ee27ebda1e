"""One full name as two: what a file with a single name column needs.

A split is a suggestion that a person confirms. No library does it here: nameparser 2.6 (LGPL) is good, but it
takes 60 µs a name where a file has millions, drops what it takes for punctuation, and what it has beyond
these rules (titles, nicknames, credentials apart from each other) a contact has no columns for.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from ingestion.rules.cells import clean


class NameOrder(StrEnum):
    """In which order a full name is written."""

    FIRST_LAST = "first_last"
    LAST_FIRST = "last_first"


@dataclass(frozen=True)
class NameSplit:
    """Which column (from 0) holds the full name, and in which order."""

    column: int
    order: NameOrder = NameOrder.FIRST_LAST


# Before a last name, and part of it, however they are written; those of the second set are also first names
# or other words when they begin with a capital (`Al Gore`, `Mary Ben Smith`).
_words = str.split
_PARTICLES = frozenset(
    _words(
        "van von der den de del della delle degli dei di da das dos du des la las los le ter ten vom zu zum "
        "zur van't van’t bin ibn bint abu st. saint dalla dal dalle lo vander vanden"
    )
)
_LOWER_PARTICLES = _PARTICLES | frozenset(
    _words("af av al el ben do te tot op 't ’t d' d’ in san santa mac e y i het")
)
_LINKS = frozenset({"y", "e", "i"})
"""Between two last names (`Ortega y Gasset`, `Silva e Souza`), in lower case."""

_SUFFIXES = frozenset(
    _words(
        "jr sr junior júnior senior ii iii iv phd dphil md dds dvm cpa esq mba msc bsc pmp llm llb rn jd "
        "filho neto sobrinho"
    )
)
_TITLES = frozenset(
    _words(
        "dr prof professor mr mrs ms miss mx sir herr frau hr fr ing mag mgr dipl-ing mme mlle sr sra srta "
        "dott dottssa drs ir med univ phdr mudr judr rndr bc özv ifj id"
    )
)
"""Before a name that begins with the last one; elsewhere they go with the first name by themselves."""

_COMMA = re.compile("[,，،]")
_WITHOUT_BLANKS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff々〆・]+")
"""Kana, Han and Hangul, whose names begin with the last one."""


def split_name(full: str, order: NameOrder) -> tuple[str, str]:
    """The first name with titles and middle names, and the last name with particles and suffixes.

    No letter is lost; only commas and superfluous white space go. A comma says that the last name stands
    first, whatever the order, unless a suffix follows it (`Smith, John`; `John Smith, PhD`). A lone word is
    the name that the order begins with; in a script without blanks it is the last name, unsplit. What
    stands in parentheses at the end goes with the last name.
    """
    name = clean(full)
    before, aside = _cut_aside(name)
    if before and aside:
        first, last = _split(before, order)
        return (first, _joined([last, aside])) if last else (_joined([first, aside]), "")
    return _split(name, order)


def _cut_aside(name: str) -> tuple[str, str]:
    """What stands in parentheses at the end, and what stands before it."""
    if not name.endswith((")", "）")):
        return name, ""
    at = max(map(name[:-1].rfind, "()（）"))
    return (name[:at].rstrip(), name[at:]) if at >= 0 and name[at] in "(（" else (name, "")


def _split(name: str, order: NameOrder) -> tuple[str, str]:
    if _COMMA.search(name):
        return _split_at_comma([part.split() for part in _COMMA.split(name)], order)
    words = name.split()
    last_first = order is NameOrder.LAST_FIRST
    if len(words) < 2:
        is_last = last_first or _WITHOUT_BLANKS.fullmatch(name)
        return ("", _joined(words)) if is_last else (_joined(words), "")
    kept = _before_suffixes(words)
    body, suffixes = words[:kept], words[kept:]
    at = _end_of_leading_last(body) if last_first else _start_of_trailing_last(body)
    before, after = body[:at], body[at:]
    first, last = (after, before) if last_first else (before, after)
    return _joined(first), _joined(last + suffixes)


def _split_at_comma(parts: list[list[str]], order: NameOrder) -> tuple[str, str]:
    suffixes = [word for part in parts[1:] if _all_suffixes(part) for word in part]
    rest = [part for part in parts[1:] if part and not _all_suffixes(part)]
    if suffixes and not rest:
        first, last = _split(_joined(parts[0]), order)
        return (first, _joined([last, *suffixes])) if last else (_joined([first, *suffixes]), "")
    return _joined(word for part in rest for word in part), _joined(parts[0] + suffixes)


def _start_of_trailing_last(words: list[str]) -> int:
    """Where the last name begins: at its particles, but never at the first word."""
    at = len(words) - 1
    while at > 1:
        if words[at - 1] in _LINKS and at > 2:
            at -= 2
        elif _is_particle(words[at - 1]):
            at -= 1
        else:
            break
    return at


def _end_of_leading_last(words: list[str]) -> int:
    """Where the last name ends that stands first: after titles, particles and a word, or all its capitals."""
    at = 0
    while at < len(words) - 2 and (_plain(words[at]) in _TITLES or _is_particle(words[at])):
        at += 1
    at += 1
    if len(words[at - 1]) > 1 and words[at - 1].isupper():
        # `GARCÍA LÓPEZ María`, if not everything is in capitals.
        capitals = next((i for i in range(at, len(words)) if not words[i].isupper() or len(words[i]) < 3), 0)
        at = capitals or at
    return at


def _before_suffixes(words: list[str]) -> int:
    """How many words stand before the suffixes, never less than two."""
    kept = len(words)
    while kept > 2 and _plain(words[kept - 1]) in _SUFFIXES:
        kept -= 1
    return kept


def _all_suffixes(words: list[str]) -> bool:
    return bool(words) and all(_plain(word) in _SUFFIXES for word in words)


def _is_particle(word: str) -> bool:
    return word in _LOWER_PARTICLES or word.lower() in _PARTICLES


def _plain(word: str) -> str:
    return word.replace(".", "").lower()


_joined = " ".join
