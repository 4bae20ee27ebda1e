"""Whether a word is one that somebody would write: its scripts, its cases, its signs, its spelling."""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from ingestion.rules.normalization import normalize

_DRAWING = re.compile("[\u2500-\u259f]")
_INNER = frozenset("’‘ʼ·‐‑–-'ʹ・＆．－")
_CLOSING = frozenset("”’»›…™®©°ªº！？）」』】：；．、。％„“")
EAST = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "FULLWIDTH", "IDEOGRAPHIC", "KATAKANA-HIRAGANA"})
_BARE = frozenset({"COMBINING", "MODIFIER"})
_COMPOSED = 0x300
_GREEK_TONOS = frozenset("άέήίόύώΐΰΆΈΉΊΌΎΏ")
_HEBREW_FINALS = frozenset("ךםןףץ")
_VOWELS = {
    "CYRILLIC": frozenset("аеёиоуыэюяіїєў"),
    "GREEK": frozenset("αεηιουωάέήίόύώϊϋΐΰ"),
}
_NEVER_FIRST = frozenset("ьъыς")
_THAI_BEFORE_CONSONANT = frozenset("เแโใไ")


def is_text(characters: str) -> bool:
    """Whether no character is a control, unassigned or for private use: no text has them."""
    return not any(_is_no_text(character) for character in set(characters))


@lru_cache(maxsize=100_000)
def is_flawed(word: str) -> bool:
    """Whether nobody would write this word: scripts, cases or symbols are mixed, a mark marks nothing."""
    letters = [(character, *class_of(character)) for character in word]
    if _DRAWING.search(word) or _has_symbol_inside(letters):
        return True
    return any(_is_flawed_run(run) for run in _runs(letters))


def _is_no_text(character: str) -> bool:
    return (
        unicodedata.category(character) in {"Cc", "Cn", "Co", "Cs"}
        and character not in "\t\r\n\x1c\x1d\x1e\0"
    )


@lru_cache(maxsize=100_000)
def class_of(character: str) -> tuple[str, str]:
    """Its kind (letter cases, marks, digits, punctuation, symbols) and its script."""
    if character in "ªº":
        return "P", ""
    category = unicodedata.category(character)
    kind = {"Lu": "U", "Ll": "l", "Lt": "U", "Lo": "o", "Lm": "o", "Nd": "D"}.get(category, category[0])
    script = unicodedata.name(character, "NONE").split()[0] if kind in "UloM" else ""
    return kind, script


def _has_symbol_inside(letters: list[tuple[str, str, str]]) -> bool:
    last = len(letters) - 1
    for at, (character, kind, _) in enumerate(letters):
        if character.isascii() or kind in "UloMD" or character in _INNER or character in "　":
            continue
        after_letter = at > 0 and letters[at - 1][1] in "UloM"
        before_letter = at < last and letters[at + 1][1] in "UloM"
        east = (after_letter and letters[at - 1][2] in EAST) or (before_letter and letters[at + 1][2] in EAST)
        if kind == "P":
            wrong = after_letter and character not in _CLOSING and not east
            if wrong or (before_letter and after_letter and not east):
                return True
        elif (after_letter or before_letter) and character not in "™®©" and not (east and kind in "SN"):
            return True
    return False


def _runs(letters: list[tuple[str, str, str]]) -> list[list[tuple[str, str, str]]]:
    runs: list[list[tuple[str, str, str]]] = [[]]
    for letter in letters:
        if letter[1] in "UloM":
            runs[-1].append(letter)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run and not all(letter[0].isascii() for letter in run)]


def _is_flawed_run(run: list[tuple[str, str, str]]) -> bool:
    scripts = {script for _, _, script in run if script not in _BARE}
    if run[0][1] == "M" or not scripts or not (len(scripts) == 1 or scripts <= EAST):
        return True
    if "HANGUL" in scripts and len(scripts) > 1:
        return True
    text = "".join(letter[0] for letter in run)
    script = next(iter(scripts))
    return _has_insane_case(run) or _RULES.get(script, _never)(text)


def _has_insane_case(run: list[tuple[str, str, str]]) -> bool:
    cased = [(character, kind) for character, kind, _ in run if kind in "Ul" and character not in "ß"]
    for (first, a), (second, b) in pairwise(cased):
        if a == "l" and b == "U" and not (first.isascii() and second.isascii()):
            return True
    kinds = "".join(kind for _, kind in cased)
    shouted = len(kinds) > 2 and kinds.startswith("UU") and "l" in kinds
    return shouted and not all(character.isascii() for character, _ in cased[:3])


def _never(_: str) -> bool:
    return False


def _is_no_latin(text: str) -> bool:
    composed = normalize("NFC", text)
    if any(unicodedata.combining(character) for character in composed):
        return True
    foreign = [not character.isascii() and ord(character) < _COMPOSED * 4 for character in composed]
    if len(composed) > 2 and all(foreign):
        return True
    return any(all(foreign[at : at + 4]) for at in range(len(foreign) - 3))


def _is_no_cyrillic(text: str) -> bool:
    lower = text.lower()
    return lower[0] in _NEVER_FIRST or _lacks_vowels(lower, "CYRILLIC")


def _is_no_greek(text: str) -> bool:
    misplaced = "ς" in text[:-1] or (len(text) > 1 and text.endswith("σ"))
    return misplaced or sum(map(_GREEK_TONOS.__contains__, text)) > 1 or _lacks_vowels(text.lower(), "GREEK")


def _lacks_vowels(lower: str, script: str) -> bool:
    vowels = _VOWELS[script]
    run = longest = 0
    for character in lower:
        run = 0 if character in vowels else run + 1
        longest = max(longest, run)
    return longest > 5 or (longest == len(lower) > 3)


def _is_no_hebrew(text: str) -> bool:
    return any(character in _HEBREW_FINALS for character in text[:-1])


def _is_no_arabic(text: str) -> bool:
    return "ة" in text[:-1] or "ى" in text[:-1]


def _is_no_thai(text: str) -> bool:
    return text[-1] in _THAI_BEFORE_CONSONANT or any(
        first in _THAI_BEFORE_CONSONANT and not "ก" <= second <= "ฮ" for first, second in pairwise(text)
    )


_RULES = {
    "LATIN": _is_no_latin,
    "CYRILLIC": _is_no_cyrillic,
    "GREEK": _is_no_greek,
    "HEBREW": _is_no_hebrew,
    "ARABIC": _is_no_arabic,
    "THAI": _is_no_thai,
}
