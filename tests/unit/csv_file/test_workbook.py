"""Workbooks as records of text."""

import datetime as dt
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from ingestion.csv_file import workbook as read
from ingestion.csv_file import workbook_size
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.records import open_contacts
from ingestion.csv_file.workbook import Cell, opened, text_of, visible_sheets
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
        (dt.timedelta(hours=36), "36:00:00"),
        (dt.timedelta(minutes=-90), "-01:30:00"),
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
            for batch in file.tables
            for number, cells in zip(batch.numbers, batch.rows, strict=True)
        ]

    assert file.columns == ["email", "n", "since"]
    assert found == [(4, ["a@x.com", "Müller", "2026-05-01"]), (6, ["b@x.com", "", ""])]


def test_hidden_sheets_are_not_offered() -> None:
    content = workbook({"notes": [["x"]], "secret": [["y"]], "May": ROWS}, hidden=["secret"])

    assert visible_sheets(opened(content)) == ["notes", "May"]


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
    monkeypatch.setattr(workbook_size, "MAX_UNPACKED_BYTES", 100_000)
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "x" * 200_000)

    with pytest.raises(UnreadableFile, match="too large to be read in one piece"):
        opened(file.getvalue())


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1"><v>1</v></c></row>{}</sheetData></worksheet>'
)


def with_rows(xml: str) -> bytes:
    """A workbook with one sheet, May, of a cell and these rows."""
    file = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(workbook({"May": [["x"]]}))) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            is_sheet = name == "xl/worksheets/sheet1.xml"
            target.writestr(name, SHEET.format(xml) if is_sheet else source.read(name))
    return file.getvalue()


@pytest.mark.parametrize(
    "xml",
    [
        pytest.param('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', id="the last cell"),
        pytest.param('<row r="1"><c r="XFD1"><v>1</v></c></row><row r="2000"><c r="B2000"><v>1</v></c></row>',
                     id="two strays"),
        pytest.param("<row r='9'><c s='>' r = 'xfd1048576' t='/>'><v>1</v></c></row>", id="another spelling"),
        pytest.param('<x:row r="9"><x:c r="XFD99999"><x:v>1</x:v></x:c></x:row>', id="a prefix"),
        pytest.param('<row r="1048575"/><row><c r="XFC1"/><c><v>1</v></c></row>', id="without its place"),
        pytest.param('<row r="1048570">' + "<c><v>1</v></c>" * 20 + "</row>", id="cells without places"),
        pytest.param("<row/>" * 1_000_000 + "<row>" + "<c><v>1</v></c>" * 21 + "</row>", id="no places"),
    ],
)  # fmt: skip
def test_a_sheet_with_stray_cells_is_refused_before_it_takes_the_memory(xml: str) -> None:
    with pytest.raises(UnreadableFile, match="cells far below or to the right of its table"):
        list(read.rows(with_rows(xml), "May"))


@pytest.mark.parametrize(
    "xml",
    [
        pytest.param('<row r="1048576" s="1"><c r="XFD1048576" s="1"/></row>', id="a style"),
        pytest.param('<row r="1048576"><c r="XFD1048576" s="1" /></row>', id="a style and a space"),
        pytest.param("<row>" + "<c/>" * 16_000 + "</row>", id="empty cells without places"),
    ],
)
def test_cells_without_values_are_no_strays(xml: str) -> None:
    assert list(read.rows(with_rows(xml), "May")) == [["1"]]


def test_cells_may_come_without_their_places() -> None:
    content = with_rows("<row><c><v>2</v></c><c><v>3</v></c></row>" * 100_000)

    assert list(read.rows(content, "May"))[-1] == ["2", "3"]


def test_sizes_are_counted_and_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_size, "MAX_UNPACKED_BYTES", 100_000)
    content = bytearray(with_rows("<row/>" * 50_000))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        [entry] = [entry for entry in archive.infolist() if entry.file_size > 100_000]
    size = entry.file_size.to_bytes(4, "little")
    assert content.count(size) == 2
    content = content.replace(size, (10).to_bytes(4, "little"))

    with pytest.raises(UnreadableFile, match="too large to be read in one piece"):
        opened(bytes(content))


def test_errors_of_formulas_are_blank() -> None:
    content = with_rows('<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="B2"><v>2</v></c></row>')

    assert list(read.rows(content, "May")) == [["1", ""], ["", "2"]]
