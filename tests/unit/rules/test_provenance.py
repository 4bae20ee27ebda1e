"""Where a value comes from, as a table."""

import pytest

from ingestion.rules.provenance import Corrected, Origin, SourceRow, of_merged, of_row

ROW = SourceRow(
    7,
    ["ana@x.com", "Ana", ""],
    [
        Corrected(11, ["ana@x.com", "Anna", ""]),
        Corrected(12, ["ana@x.com", "Anna", "Acme"]),
        Corrected(15, ["ana@x.com", "Ana", "Acme"]),
    ],
)


@pytest.mark.parametrize(
    ("column", "cell", "decision"), [(0, "ana@x.com", None), (1, "Ana", 15), (2, "Acme", 12)]
)
def test_a_value_is_by_the_last_correction_that_changed_it(
    column: int, cell: str, decision: int | None
) -> None:
    assert of_row(ROW, column) == Origin(cell, (7,), decision)


@pytest.mark.parametrize(("before", "name"), [(11, "Ana"), (12, "Anna"), (15, "Anna"), (16, "Ana")])
def test_a_row_reads_as_it_did_before_a_decision(before: int, name: str) -> None:
    assert ROW.as_read(before=before)[1] == name


@pytest.mark.parametrize(
    ("value", "is_email", "cells", "origin"),
    [
        ("Acme", False, ["Acme", "Globex"], Origin("Acme", (2,), 9)),
        ("Acme", False, ["Globex", " Acme\u00a0", "Acme"], Origin(" Acme\u00a0", (3, 4), 9)),
        ("Acme", False, ["acme", "Globex"], Origin("Acme", (), 9)),
        ("", False, ["Acme", " "], Origin(" ", (3,), 9)),
        ("", False, ["Acme"], Origin("", (), 9)),
        ("ana@x.com", True, ["bad", " ANA@x.com"], Origin(" ANA@x.com", (3,), 9)),
        ("ana@x.com", False, ["ANA@x.com"], Origin("ana@x.com", (), 9)),
    ],
)
def test_a_merged_value_stands_in_rows_or_was_typed(
    value: str, *, is_email: bool, cells: list[str], origin: Origin
) -> None:
    rows = [SourceRow(number, [cell]) for number, cell in enumerate(cells, start=2)]
    assert of_merged(value, 0, rows, 9, is_email=is_email) == origin
