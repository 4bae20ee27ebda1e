"""What the names of columns mean, as address books, mailing tools and CRMs write them in many languages.

A name is compared whole: case, accents, punctuation, white space and invisible characters do not count, but
no part of a name stands for the whole. `Email Opt-In` is no e-mail, `Company Size` no company.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from ingestion.csv_file import vocabulary_words as words
from ingestion.rules.cells import visible
from ingestion.rules.names import NameOrder
from ingestion.rules.normalization import normalize


class Field(StrEnum):
    """What a column holds."""

    EMAIL = "email"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    COMPANY = "company"
    FULL_NAME = "full_name"
    NAME = "name"
    """A first, last or full name, according to what stands beside it: `Nom` beside `Prénom` is the last."""
    OTHER = "other"
    """Well known, and none of the above: a phone number, a city, a state."""


@dataclass(frozen=True)
class Meaning:
    """What a name says. Of several columns for one field, the one with the lowest rank is meant."""

    field: Field
    rank: int = 1
    """`E-mail 3 - Value` is 3, a secondary one 2, one that is not numbered 1."""
    order: NameOrder = NameOrder.FIRST_LAST
    """How the values of a full name are written, as far as the name tells: `Nom Prénom` is the last first."""
    is_loose: bool = False
    """Whether the word, for a first or last name, leaves open what a bare `Name` beside it holds."""


_TYPED = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
"""Letters without a decomposition in Unicode, as they are typed where a keyboard lacks them."""


def _key(text: str) -> str:
    """The letters and digits of a name, in the one form in which names are compared."""
    decomposed = normalize("NFKD", visible(text).casefold().translate(_TYPED))
    return "".join(character for character in decomposed if character.isalnum())


def _keys(names: str) -> frozenset[str]:
    """The forms of names that are written one beside the other, with commas between."""
    return frozenset(_key(name) for name in names.split(","))


_FIELDS = {
    key: field
    for field, names in (
        (Field.OTHER, words.OTHER),
        (Field.EMAIL, words.EMAIL),
        (Field.FIRST_NAME, words.FIRST_NAME),
        (Field.LAST_NAME, words.LAST_NAME),
        (Field.COMPANY, words.COMPANY),
        (Field.FULL_NAME, f"{words.FULL_NAME},{words.LAST_NAME_FIRST}"),
        (Field.NAME, words.NAME),
    )
    for key in _keys(names)
}
_LAST_FIRST = _keys(words.LAST_NAME_FIRST) | _keys(words.LAST_NAME_FIRST_BY_CUSTOM)
_LOOSE = _keys(words.LOOSE_NAMES)
_PERSONS, _CUSTOMERS = _keys(words.PERSONS), _keys(words.CUSTOMERS)
_KINDS, _FIRST_RANK, _SECOND_RANK = _keys(words.KINDS), _keys(words.PRIMARY), _keys(words.SECONDARY)
_DECORATIONS = _keys(words.DECORATIONS)
_OTHER_WORDS = _keys(words.OTHER_WORDS)
_OTHER_STEMS = tuple(_keys(words.OTHER_STEMS))
_OTHER_SIGNS = tuple(_keys(words.OTHER_SIGNS))

_WORD_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=\D)(?=\d)|(?<=\d)(?=\D)|[\W_]+")
_LONGEST_NAME = 100
"""Characters. What is longer is a sentence, and no name of a column."""


@lru_cache(maxsize=4096)
def meaning(name: str) -> Meaning | None:
    """What a column of this name holds; None: the name says nothing that is known here."""
    if len(name) > _LONGEST_NAME:
        return None
    # An apostrophe stands inside a word (`Ім'я`, `Company's name`), as a mark of decoration never does.
    parts = [_key(part) for part in _WORD_BREAK.split(re.sub("['’ʼ`]", "", visible(name)))]
    numbers = [int(part) for part in parts if part.isdecimal() and len(part) < 3]
    rank = max(numbers[0], 1) if numbers else 1
    parts = [part for part in parts if part and not part.isdecimal()]
    if found := _FIELDS.get("".join(parts)):
        return _meaning(found, rank, "".join(parts))
    return _decorated(parts, rank) or _other(parts)


def names_email(name: str) -> bool:
    """Whether a column of this name holds e-mail addresses."""
    found = meaning(name)
    return found is not None and found.field is Field.EMAIL


def _meaning(field: Field, rank: int, key: str) -> Meaning:
    order = NameOrder.LAST_FIRST if key in _LAST_FIRST else NameOrder.FIRST_LAST
    return Meaning(field, rank, order, key in _LOOSE)


def _decorated(parts: list[str], rank: int) -> Meaning | None:
    """`Person - Email`, `Last name (required)`, `Work e-mail`: a name with words that do not change it."""
    bare = [part for part in parts if part not in _DECORATIONS]
    person = bare[0] if len(bare) > 1 and bare[0] in _PERSONS | _CUSTOMERS else ""
    bare = bare[1:] if person else bare
    found = _FIELDS.get("".join(bare))
    # A customer's or an account's name may well be a company's.
    if found and found is not Field.OTHER and not (found is Field.NAME and person in _CUSTOMERS):
        return _meaning(found, rank, "".join(bare))
    kinds = _KINDS | _FIRST_RANK | _SECOND_RANK
    if _FIELDS.get("".join(part for part in bare if part not in kinds)) is Field.EMAIL:
        return Meaning(Field.EMAIL, max(rank, 2) if _SECOND_RANK.intersection(bare) else rank)
    return None


def _other(parts: list[str]) -> Meaning | None:
    """A name with a word that makes it something else than a contact's own fields, whatever stands beside.

    A company is not ruled out by the words before it: Shopify has it as `Default Address Company`.
    """
    if parts and _FIELDS.get(parts[-1]) is Field.COMPANY:
        return None
    known = any(
        part in _OTHER_WORDS
        or part.startswith(_OTHER_STEMS)
        or part.endswith(_OTHER_STEMS)
        or any(sign in part for sign in _OTHER_SIGNS)
        for part in parts
    )
    return Meaning(Field.OTHER) if known else None
