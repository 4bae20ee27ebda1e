"""Cells that an export protected from spreadsheets, read as they were."""

import re
from collections.abc import Iterable, Sequence

from ingestion.csv_file.tables import Table, tabled
from ingestion.rules.formulas import SIGNS, SKIPPED, is_protected, unprotect
from ingestion.rules.validation import ContactColumns

_FOLLOWING = {character.encode()[0] for character in f"{SIGNS}{SKIPPED}'\t\r\n\\"}
"""The first bytes of what may stand behind an apostrophe that was added; before some JSON has a backslash."""
_MAY_BE_PROTECTED = re.compile(b"'[" + re.escape(bytes(sorted(_FOLLOWING))) + b"]")


def unprotected_rows(rows: Sequence[list[str]]) -> list[list[str]]:
    """The rows with their cells as they were before an export protected them."""
    return [list(map(unprotect, row)) if "'" in "".join(row) else row for row in rows]


def unprotected_table(table: Table, columns: ContactColumns, width: int) -> Table:
    """The same for a table with so many columns."""
    if not _MAY_BE_PROTECTED.search(b"\x1f".join(table.json)):
        return table
    places = [at for at, row in enumerate(table.json) if _MAY_BE_PROTECTED.search(row)]
    rows = unprotected_rows([table.cells(at) for at in places])
    changed = tabled([table.numbers[at] for at in places], rows, table.flaws, columns, width)
    json, emails, odd = list(table.json), list(table.emails), dict(table.odd)
    for number, at in enumerate(places):
        json[at], emails[at] = changed.json[number], changed.emails[number]
        odd.pop(at, None)
        if number in changed.odd:
            odd[at] = changed.odd[number]
    return Table(table.numbers, json, emails, odd, table.flaws)


def has_protected(rows: Iterable[Iterable[str]]) -> bool:
    """Whether an export may have protected one of these cells."""
    return any(is_protected(cell) for row in rows for cell in row if "'" in cell)
