"""Rows read and checked the way it is usually written: csv.DictReader, a function, a dict of what was seen.

The verdict on an address and the folding of names are the product's own, so that every way finds the same.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingestion.rules import emails
from ingestion.rules.identity import Identity, identity
from ingestion.rules.issues import IssueType

_NAMES = {
    "first_name": IssueType.MISSING_FIRST_NAME,
    "last_name": IssueType.MISSING_LAST_NAME,
    "company": IssueType.MISSING_COMPANY,
}


@dataclass(frozen=True)
class Row:
    """A row with what is wrong with it: types, and words about each."""

    number: int
    cells: list[str]
    email: str | None
    identity: Identity
    problems: list[tuple[IssueType, str]]


@dataclass
class Seen:
    """The valid rows by their e-mails, all of them in memory."""

    by_email: defaultdict[str, list[tuple[int, Identity]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, row: Row) -> None:
        """Note a row; one without an e-mail belongs to nobody."""
        if row.email is not None:
            self.by_email[row.email].append((row.number, row.identity))

    def shared(self) -> Iterator[tuple[str, list[int], bool]]:
        """Each e-mail that several rows have, their numbers, and whether they have different names."""
        for email, members in self.by_email.items():
            if len(members) > 1:
                yield email, [number for number, _ in members], len({names for _, names in members}) > 1


def read(file: Path) -> Iterator[Row]:
    """The file's rows, checked. The header is row 1."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        for number, row in enumerate(csv.DictReader(text), start=2):
            yield checked(number, row)


def checked(number: int, row: dict[str, str]) -> Row:
    """One row as DictReader gives it, judged."""
    # DictReader fills a short row with None, and keeps what is beyond the header in a list under None.
    cells = [cell for name, cell in row.items() if name is not None and cell is not None]
    surplus: list[str] = row.get(None, [])  # type: ignore[call-overload]
    is_malformed = bool(surplus) or len(cells) < len(row)
    cells = [*cells, *surplus]
    if any("\0" in cell for cell in cells):
        is_malformed = True
        cells = [cell.replace("\0", "\ufffd") for cell in cells]
    if is_malformed:
        return Row(number, cells, None, ("", "", ""), [(IssueType.MALFORMED_ROW, f"{len(cells)} cells")])
    problems = [(type_, "") for name, type_ in _NAMES.items() if not row[name].strip()]
    email = emails.normalize(row["email"])
    if not row["email"].strip():
        problems.append((IssueType.MISSING_EMAIL, ""))
    elif email is None:
        problems.append((IssueType.INVALID_EMAIL_FORMAT, emails.reason_invalid(row["email"])))
    names = identity(row["first_name"], row["last_name"], row["company"])
    return Row(number, cells, email, names, problems)
