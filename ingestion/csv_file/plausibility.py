"""How likely it is that a text is what somebody wrote, judged by the words that hold non-ASCII characters."""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ingestion.csv_file import alphabets
from ingestion.csv_file.spelling import EAST, class_of, is_flawed
from ingestion.rules.normalization import normalize

_FLAW = 9.0
"""What a word costs that nobody would write, in nats: one in eight thousand."""
_UNKNOWN_LETTER = 8.0
_OTHER_LANGUAGE = 4.0
"""What a word costs in addition that is of another language than the rest."""
_FOREIGN_PAIR = 4.0
"""What a Latin word costs in addition that is two letters, neither of them from A to Z."""
_HAN_REST = 9.5
_RARE = 12.0
_LONGEST_CELL = 1000
_LONGEST_WORD = 40
"""Letters, of this and the above. What follows tells no more, and would take as long as the file is."""

_WORD = re.compile(r"[^\s\x00-\x22\x24-\x26\x28-\x2c\x2e-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+")
_TELLING = re.compile(r"[a-zA-Z]?[^\x00-\x7f]+[a-zA-Z]?")
# Trail bytes of East Asian characters, read as ASCII. No | here: it separates cells.
_BESIDE_LETTER = re.compile(r"[\u00c0-\u052f][{}\\^_`~\[]|[{}\\^_`~][\u00c0-\u052f]")


@dataclass(frozen=True)
class Likelihood:
    """How a text reads: the less of each, the likelier."""

    cost: float
    """In nats."""
    flaws: float
    """The share of words that nobody would write, 0 to 1."""
    strange: float
    """The share of words with letters that no one of the languages has, 0 to 1."""


def likelihood(cells: Collection[str]) -> Likelihood:
    """How likely these cells of a text are.

    A repeated word counts once: it is no further evidence. Nor is one with the same letters beside those
    that tell, as of a thousand streets each one is (`Bergstraße`, `Talstraße`).
    """
    distinct = {
        "".join(_TELLING.findall(word)): word
        for cell in cells
        if not cell.isascii()
        for word in (found[:_LONGEST_WORD] for found in _WORD.findall(cell[:_LONGEST_CELL]))
        if not word.isascii()
    }
    words = distinct.values()
    if not words:
        return Likelihood(0.0, 0.0, 0.0)
    flawed = sum(map(is_flawed, words)) + sum(bool(_BESIDE_LETTER.search(cell)) for cell in cells)
    flaws = min(flawed / len(words), 1.0)
    strange = sum(map(_is_strange, words)) / len(words)
    totals: dict[str, float] = {}
    costs = [_costs(word) for word in words]
    for by_language in costs:
        for language in by_language:
            totals.setdefault(language, 0.0)
    best = math.inf
    cheapest = [min(by_language.values()) + _OTHER_LANGUAGE for by_language in costs]
    for language in totals:
        total = sum(
            min(by_language.get(language, math.inf), other)
            for by_language, other in zip(costs, cheapest, strict=True)
        )
        best = min(best, total)
    return Likelihood(best + _FLAW * flawed, flaws, strange)


def _ranked(letters: str, share: float, offset: int) -> dict[str, float]:
    """The cost of each letter, from its rank: frequencies fall about as one over the rank."""
    distinct = list(dict.fromkeys(letters))
    weights = [1 / (rank + offset) for rank in range(1, len(distinct) + 1)]
    return {
        letter: -math.log(share * weight / sum(weights))
        for letter, weight in zip(distinct, weights, strict=True)
    }


_LANGUAGES = {
    **{name: _ranked(letters, 1.0, 1) for name, letters in alphabets.LATIN.items()},
    **{name: _ranked(letters, 1.0, 3) for name, letters in alphabets.OTHER.items()},
    "Japanese": _ranked(alphabets.JAPANESE, 0.5, 20) | _ranked(alphabets.JAPANESE_KANA, 0.4, 10),
    "Chinese (simplified)": _ranked(alphabets.CHINESE_SIMPLIFIED, 0.7, 15),
    "Chinese (traditional)": _ranked(alphabets.CHINESE_TRADITIONAL, 0.7, 15),
    "Korean": _ranked(alphabets.KOREAN, 0.8, 15),
}


@lru_cache(maxsize=100_000)
def _costs(word: str) -> dict[str, float]:
    """What the word costs in each language that knows one of its letters; by "" in one that knows none."""
    letters = _letters_of(word)
    extra = _FOREIGN_PAIR if len(letters) == len(word) == 2 and "À" <= word[0] <= "ɏ" else 0.0
    unknown = extra + sum(map(_unknown, letters))
    costs = {"": unknown}
    for letter in letters:
        for name, saved in _savings(letter):
            costs[name] = costs.get(name, unknown) - saved
    return costs


@lru_cache(maxsize=100_000)
def _savings(letter: str) -> list[tuple[str, float]]:
    """The languages that know the letter, and how much less it costs there than where it is unknown."""
    forms = (letter, letter.lower()[0])
    known = ((name, next(filter(costs.__contains__, forms), None)) for name, costs in _LANGUAGES.items())
    return [(name, _unknown(letter) - _LANGUAGES[name][form]) for name, form in known if form]


def _letters_of(word: str) -> list[str]:
    """The letters that tell; those of a width of their own (ﾔﾏﾀﾞ) are as frequent as any other's."""
    form: Literal["NFC", "NFKC"] = "NFKC" if any(character > "\uff00" for character in word) else "NFC"
    return [character for character in normalize(form, word) if not character.isascii()]


@lru_cache(maxsize=100_000)
def _is_strange(word: str) -> bool:
    letters = [letter for letter in _letters_of(word) if class_of(letter)[1] not in {"", *EAST}]
    known_in = [{name for name, _ in _savings(letter)} for letter in letters]
    return bool(known_in) and not set.intersection(*known_in)


@lru_cache(maxsize=100_000)
def _unknown(letter: str) -> float:
    script = class_of(letter)[1]
    if script == "CJK":
        return _HAN_REST if _is_common_han(letter) else _RARE
    if script == "HANGUL":
        return _HAN_REST
    return _UNKNOWN_LETTER if script else _UNKNOWN_LETTER / 2


def _is_common_han(letter: str) -> bool:
    """Whether a national standard counts it among its first, common level."""
    for codec, last in (("gb2312", 0xD7), ("big5", 0xC6), ("euc_jp", 0xCF)):
        try:
            code = letter.encode(codec)
        except UnicodeEncodeError:
            continue
        if len(code) == 2 and code[0] <= last:
            return True
    return False
