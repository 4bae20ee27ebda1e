"""A column as its name and a sample of its values show it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.csv_file.vocabulary import Field, Meaning, meaning
from ingestion.rules import emails
from ingestion.rules.cells import is_blank, trim
from ingestion.rules.names import NameOrder

_words = str.split
_NO_WORDS = frozenset(_words("yes no true false y n t f ja nein oui non si sí sim não x ok null none n/a na"))
_LETTERS = re.compile(r"[^\W\d_]")
_NO_NAME = re.compile(r"\d|@|://|www\.")
_WITHOUT_BLANKS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True)
class Column:
    """What is known of a column."""

    at: int
    said: Meaning | None
    values: tuple[str, ...]
    """Those of the sample that are not blank, trimmed."""
    addresses: int
    """How many values hold an e-mail address."""

    @property
    def field(self) -> Field | None:
        """What its name says, if anything."""
        return self.said.field if self.said else None

    @property
    def rank(self) -> int:
        """Its number among those of its field: the first is meant."""
        return self.said.rank if self.said else 1

    @property
    def is_loose(self) -> bool:
        """As of `Meaning`."""
        return self.said is not None and self.said.is_loose

    @property
    def is_unknown(self) -> bool:
        """Whether its name says nothing."""
        return self.said is None

    @property
    def filled(self) -> int:
        """How many values there are."""
        return len(self.values)

    @property
    def holds_addresses(self) -> bool:
        """Whether half of the values or more hold an e-mail address."""
        return 0 < len(self.values) <= 2 * self.addresses

    @property
    def is_wordy(self) -> bool:
        """Whether half of the values or more could be names: words without digits."""
        return 0 < len(self.values) <= 2 * sum(map(_could_be_name, self.values))

    @property
    def is_unlikely_name(self) -> bool:
        """Whether most values can be neither a person's nor a company's name."""
        without_letters = sum(not _LETTERS.search(value) for value in self.values)
        return len(self.values) < 2 * max(without_letters, self.addresses)

    @property
    def name_order(self) -> NameOrder:
        """How full names are written in it: the last first with commas, and in scripts without blanks."""
        reversed_ = sum("," in value or bool(_WITHOUT_BLANKS.search(value)) for value in self.values)
        if 2 * reversed_ > len(self.values):
            return NameOrder.LAST_FIRST
        return self.said.order if self.said else NameOrder.FIRST_LAST


def columns_of(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Column]:
    """The columns of these names; rows that are too short have blanks there."""
    return [_column(at, name, [row[at] for row in rows if at < len(row)]) for at, name in enumerate(names)]


def _column(at: int, name: str, cells: Sequence[str]) -> Column:
    values = tuple(trim(cell) for cell in cells if not is_blank(cell))
    return Column(at, meaning(name), values, sum(map(_holds_address, values)))


def _holds_address(value: str) -> bool:
    return "@" in value and bool(emails.addresses_in(value))


def _could_be_name(value: str) -> bool:
    return bool(_LETTERS.search(value)) and not _NO_NAME.search(value) and value.casefold() not in _NO_WORDS
