"""Which record of a file names its columns, and what the columns are called."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.csv_file.dialects import ends_at_delimiter
from ingestion.csv_file.vocabulary import names_email
from ingestion.rules import emails
from ingestion.rules.cells import is_blank, trim

Row = Sequence[str]


@dataclass(frozen=True)
class HeaderRow:
    """Where the header stands."""

    row: int
    """Its index among the records given, from 0; -1: the file has none."""
    is_certain: bool
    """Whether no person needs to be asked."""


NO_HEADER = HeaderRow(-1, is_certain=False)


def find(records: Sequence[Row]) -> HeaderRow:
    """The header among the first records of a file, blank ones included.

    Certain is one row that names an e-mail column, with nothing above it that could be a contact, and no
    name that still has a delimiter at its end. Of several such rows, one below the other, the last is
    proposed, and of Qualtrics' three the one in JSON: rows above the header are left out, and those below it
    are contacts.
    """
    filled = [at for at, row in enumerate(records) if not all(map(is_blank, row))]
    if not filled:
        return NO_HEADER
    width = _width([records[at] for at in filled])
    namings = (place for place, at in enumerate(filled) if _names_columns(records[at], width))
    first = next(namings, None)
    if first is None:
        return _guess(records, filled, width)
    contacts_above = [records[at] for at in filled[:first] if _holds_lone_address(records[at])]
    if sum(len(row) == width for row in contacts_above) > 1:
        return NO_HEADER
    last = _last_of_headers([records[at] for at in filled[first:]], width)
    # `E-Mail;;;`: the table went through a program that parts cells otherwise.
    is_cut_wrongly = any(map(ends_at_delimiter, records[filled[first]]))
    return HeaderRow(filled[first + last], is_certain=not last and not contacts_above and not is_cut_wrongly)


def _width(rows: Sequence[Row]) -> int:
    """How many cells most rows have; of widths as frequent as each other the largest."""
    return max(Counter(map(len, rows)).items(), key=lambda item: (item[1], item[0]))[0]


def _holds_address(row: Row) -> bool:
    return any("@" in cell and emails.addresses_in(cell) for cell in row)


def _holds_lone_address(row: Row) -> bool:
    return any("@" in cell and emails.normalize(cell) for cell in row)


def _names_columns(row: Row, width: int) -> bool:
    # A title of one word above a table is narrower than the table, whose header may lack a name or two.
    return 2 * len(row) >= width and any(map(names_email, row)) and not _holds_address(row)


def _last_of_headers(rows: Sequence[Row], width: int) -> int:
    """Which of the rows, of which the first names columns, is the last that does."""
    # A contact may hold `E-mail` too, as the way in which to reach it: never where its address stands.
    places = [at for at, cell in enumerate(rows[0]) if names_email(cell)]
    last = 0
    for row in rows[1:]:
        if _is_json(row):
            return last + 1
        if not _names_columns(row, width) or not all(at < len(row) and names_email(row[at]) for at in places):
            break
        last += 1
    return last


def _is_json(row: Row) -> bool:
    return all(_import_id(cell) for cell in row)


def _import_id(cell: str) -> str | None:
    """The name in a cell of Qualtrics' third header row: `{"ImportId":"recipientEmail"}`."""
    if not cell.startswith("{"):
        return None
    try:
        return str(json.loads(cell)["ImportId"])
    except (ValueError, KeyError):
        return None


def _guess(records: Sequence[Row], filled: Sequence[int], width: int) -> HeaderRow:
    first = next(at for at in filled if len(records[at]) == width)
    return NO_HEADER if _holds_address(records[first]) else HeaderRow(first, is_certain=False)


def distinct_names(header: Row) -> list[str]:
    """The header's names, trimmed; a missing one becomes `column_3`, a repeated one `phone_2`."""
    taken: set[str] = set()
    names = []
    for position, cell in enumerate(header, start=1):
        wanted = trim(_import_id(cell) or cell).replace("\0", "\ufffd") or f"column_{position}"
        name, copy = wanted, 1
        while name in taken:
            copy += 1
            name = f"{wanted}_{copy}"
        taken.add(name)
        names.append(name)
    return names
