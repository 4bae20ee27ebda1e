"""Workbooks as records of text."""

import datetime as dt
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from ingestion.csv_file import workbook as read
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.records import open_contacts
from ingestion.csv_file.workbook import Cell, sheet_names, text_of
from ingestion.errors import UnreadableFile
from ingestion.rules.validation import ContactColumns
from tests.unit.csv_file.workbooks import workbook

ROWS: list[list[object]] = [
    ["Contacts of May"],
    [],
    ["email", "n", "since"],
    ["a@x.com", "Müller", dt.date(2026, 5, 1)],
    [],
    ["b@x.com"],
]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("00123", "00123"),
        (12.0, "12"),
        (12.5, "12.5"),
        (1234567890123.0, "1234567890123"),
        (True, "TRUE"),
        (False, "FALSE"),
        (dt.date(2026, 5, 1), "2026-05-01"),
        (dt.datetime(2026, 5, 1), "2026-05-01"),  # noqa: DTZ001  a spreadsheet knows no zones
        (dt.datetime(2026, 5, 1, 9, 30), "2026-05-01 09:30:00"),  # noqa: DTZ001
        (dt.time(9, 30), "09:30:00"),
        (dt.timedelta(hours=26), "1 day, 2:00:00"),
        ("", ""),
    ],
)
def test_cells_are_written_as_people_would_type_them(cell: Cell, text: str) -> None:
    assert text_of(cell) == text


def test_rows_are_numbered_as_excel_numbers_them(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(workbook({"May": ROWS}))
    with open_contacts(path, ParseOptions(ContactColumns(0), sheet="May", header_row=3)) as file:
        found = [
            (number, cells)
            for batch in file.batches
            for number, cells in zip(batch.numbers, batch.rows, strict=True)
        ]

    assert file.columns == ["email", "n", "since"]
    assert found == [(4, ["a@x.com", "Müller", "2026-05-01"]), (6, ["b@x.com", "", ""])]


def test_hidden_sheets_are_not_offered() -> None:
    content = workbook({"notes": [["x"]], "secret": [["y"]], "May": ROWS}, hidden=["secret"])

    assert sheet_names(content) == ["notes", "May"]


def test_an_empty_sheet_has_no_rows() -> None:
    assert list(read.rows(workbook({"May": []}), "May")) == []


@pytest.mark.parametrize(
    "damage", [lambda content: content[:-200], lambda content: content.replace(b"xl/", b"zz/")]
)
def test_a_damaged_workbook_is_refused(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(UnreadableFile, match="The workbook is damaged"):
        list(read.rows(damage(workbook({"May": ROWS})), "May"))


def test_a_workbook_that_unpacks_to_more_than_memory_holds_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(read, "MAX_UNPACKED_BYTES", 100_000)
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "x" * 200_000)

    with pytest.raises(UnreadableFile, match="too large to be read in one piece"):
        sheet_names(file.getvalue())
