"""How large the parts of a list may be: the same whichever way it is read, and said in words."""

import gzip
import io
import zipfile
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.csv_file import limits, text, workbook_size
from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.plain_blocks import PlainBlocks
from ingestion.csv_file.proposal import propose
from ingestion.csv_file.records import open_contacts
from ingestion.csv_file.source import examine
from ingestion.csv_file.text import unpacked
from ingestion.errors import UnreadableFile
from ingestion.rules.validation import ContactColumns
from ingestion.settings import MEGABYTE
from tests.unit.csv_file.workbooks import workbook

OPTIONS = ParseOptions(ContactColumns(0))


def rows(
    path: Path, content: bytes, *, in_blocks: bool = True, options: ParseOptions = OPTIONS
) -> list[object]:
    """The rows of a list and their flaws, read by the block where that is possible, or line by line."""
    path.write_bytes(content)
    with (
        patch.object(PlainBlocks, "can_read", lambda *_: in_blocks),
        open_contacts(path, options) as file,
    ):
        return [
            (number, table.cells(at), table.flaws.get(number))
            for table in file.tables
            for at, number in enumerate(table.numbers)
        ]


def refusal(path: Path, content: bytes, *, in_blocks: bool) -> str:
    with pytest.raises(UnreadableFile) as refused:
        rows(path, content, in_blocks=in_blocks)
    return str(refused.value)


@pytest.mark.parametrize("in_blocks", [True, False])
def test_a_cell_of_a_million_characters_is_read(tmp_path: Path, in_blocks: bool) -> None:
    cell = "é" * 1_000_000
    content = f"email,notes\na@x.com,{cell}\nb@x.com,short\n".encode()

    found = rows(tmp_path / "list", content, in_blocks=in_blocks)

    assert found == [(2, ["a@x.com", cell], None), (3, ["b@x.com", "short"], None)]


@pytest.mark.parametrize("in_blocks", [True, False])
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_larger_cell_is_refused(tmp_path: Path, in_blocks: bool, quote: str) -> None:
    cell = quote + "é" * (limits.LARGEST_CELL + 1) + quote
    content = f"email,notes\nb@x.com,short\na@x.com,{cell}\n".encode()

    said = refusal(tmp_path / "list", content, in_blocks=in_blocks)

    assert said.startswith("Line 3 holds a cell of more than 1,048,576 characters")


@pytest.mark.parametrize("in_blocks", [True, False])
def test_a_row_of_more_cells_than_columns_are_taken_is_refused(tmp_path: Path, in_blocks: bool) -> None:
    content = b"email,notes\nb@x.com,short\na@x.com" + b"," * limits.MAX_COLUMNS + b"\n"

    said = refusal(tmp_path / "list", content, in_blocks=in_blocks)

    assert said.startswith("Row 3 has 1,001 columns; at most 1,000 are taken.")


@pytest.mark.parametrize("in_blocks", [True, False])
def test_a_stray_quote_before_a_thousand_lines_costs_one_row(tmp_path: Path, in_blocks: bool) -> None:
    lines = ['"x,y', *['","'] * 1500, "a@x.com,end"]

    found = rows(tmp_path / "list", ("email,notes\n" + "\n".join(lines)).encode(), in_blocks=in_blocks)

    assert len(found) == 1502
    assert found[-1] == (1503, ["a@x.com", "end"], None)


def test_a_line_without_an_end_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LONGEST_LINE", MEGABYTE)
    content = b"email,notes\n" + b"a@x.com," * (2 * MEGABYTE // 8)

    said = refusal(tmp_path / "list", content, in_blocks=True)

    assert said.startswith("The file holds a line of more than 1 MB")


@settings(deadline=None)
@given(
    st.lists(st.lists(st.text('ab,é\n"', max_size=8), min_size=1, max_size=5), min_size=1, max_size=6),
    st.integers(2, 12),
    st.integers(2, 5),
)
def test_blocks_and_lines_have_the_same_limits(
    tmp_path_factory: pytest.TempPathFactory, records: list[list[str]], largest: int, most: int
) -> None:
    quoted = ['"' + '","'.join(cell.replace('"', '""') for cell in record) + '"' for record in records]
    content = ("a,b\n" + "\n".join(quoted)).encode()
    path = tmp_path_factory.getbasetemp() / "either"

    with patch.object(limits, "LARGEST_CELL", largest), patch.object(limits, "MAX_COLUMNS", most):
        outcomes = []
        for in_blocks in (True, False):
            try:
                outcomes.append(rows(path, content, in_blocks=in_blocks))
            except UnreadableFile as error:
                outcomes.append([str(error)])

    assert outcomes[0] == outcomes[1]


def proposed(content: bytes, max_bytes: int = 100 * MEGABYTE) -> None:
    propose(examine(content, is_complete=True, max_bytes=max_bytes))


def test_a_name_of_a_column_has_a_limit() -> None:
    name = "n" * limits.LONGEST_NAME
    proposed(f"email,{name}\na@x.com,b\n".encode())

    with pytest.raises(UnreadableFile, match="The name of column 2, in row 1, has 2,001 characters; at most"):
        proposed(f"email,{name}n\na@x.com,b\n".encode())


@pytest.mark.parametrize("header", ["email", "a@x.com"])
def test_columns_have_a_limit_with_and_without_a_header(header: str) -> None:
    proposed(f"{header}{',x' * 999}\nb@x.com{',y' * 999}\n".encode())

    with pytest.raises(UnreadableFile, match="Row 1 has 1,001 columns; at most 1,000 are taken"):
        proposed(f"{header}{',x' * 1000}\nb@x.com{',y' * 1000}\n".encode())


def test_a_first_row_of_several_megabytes_is_seen_as_one() -> None:
    content = b"email,notes\na@x.com," + "😀".encode() * 1_000_000 + b"\n" + b"b@x.com,c\n" * 200_000

    found = propose(examine(content, is_complete=True, max_bytes=100 * MEGABYTE))

    assert [len(cell) for cell in found.rows[0].cells] == [7, 1_000_000]


def of_strings(strings: str, sheet: str, *, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """The workbook of a table, with its shared strings and its rows replaced."""
    file, replaced = io.BytesIO(workbook({"May": [["email"], ["a@x.com"]]})), io.BytesIO()
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(replaced, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            content = source.read(entry).decode()
            if entry == "xl/sharedStrings.xml":
                content = content.replace("</sst>", strings + "</sst>")
            if entry == name:
                content = content.replace("</sheetData>", sheet + "</sheetData>")
            target.writestr(entry, content)
    return replaced.getvalue()


def test_a_text_that_many_cells_repeat_counts_in_each() -> None:
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>2</v></c></row>' for row in range(3, 1003))
    content = of_strings(f"<si><t>{'x' * 30_000}</t></si>", cells)
    proposed(content, 40 * MEGABYTE)

    with pytest.raises(
        UnreadableFile, match="repeats long texts so often that they would take more than 20 MB"
    ):
        proposed(content, 20 * MEGABYTE)


def test_a_long_text_that_few_cells_name_is_no_bomb() -> None:
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>1</v></c></row>' for row in range(3, 1003))

    proposed(of_strings(f"<si><t>{'x' * 30_000}</t></si>", cells), MEGABYTE)


def test_a_cell_that_is_there_many_times_counts_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_size, "MAX_CELLS", 1000)
    content = of_strings("", '<row r="3">' + '<c r="A3"><v>1</v></c>' * 1000 + "</row>")

    with pytest.raises(UnreadableFile, match="more than 1,000 cells or texts"):
        proposed(content)


def test_a_workbook_expands_to_no_more_than_an_upload_may_have() -> None:
    content = of_strings(f"<si><t>{'x' * 2 * MEGABYTE}</t></si>", "")
    proposed(content, 3 * MEGABYTE)

    with pytest.raises(UnreadableFile, match="unpacked it has more than 1 MB"):
        proposed(content, MEGABYTE)


def test_a_workbook_of_thousands_of_parts_is_refused_before_they_are_listed() -> None:
    file = io.BytesIO(workbook({"May": [["email"], ["a@x.com"]]}))
    with zipfile.ZipFile(file, "a") as archive:
        for number in range(20_000):
            archive.writestr(f"part{number}", "")

    with pytest.raises(UnreadableFile, match="thousands of parts"):
        proposed(file.getvalue())


def test_brackets_without_end_take_no_memory() -> None:
    with pytest.raises(UnreadableFile, match="holds a cell of more than"):
        proposed(b"[" * 4 * MEGABYTE)


def unpacked_of(archive: bytes) -> bytes:
    return b"".join(unpacked(io.BytesIO(archive), MEGABYTE))


def test_members_of_an_archive_follow_each_other_and_zeros() -> None:
    one, other = gzip.compress(b"a" * 200_000), gzip.compress(b"b")

    assert unpacked_of(one + bytes(100_000) + other + bytes(10)) == b"a" * 200_000 + b"b"


@pytest.mark.parametrize(
    "archive",
    [
        pytest.param(gzip.compress(b"a" * 1000)[:-1], id="cut short"),
        pytest.param(gzip.compress(b"a") + b"garbage", id="garbage behind it"),
        pytest.param(gzip.compress(b"a")[:-8] + bytes(8), id="another checksum"),
        pytest.param(gzip.compress(b"a") + gzip.compress(b"b")[:12], id="a second member cut short"),
    ],
)
def test_a_damaged_archive_is_refused(archive: bytes) -> None:
    with pytest.raises(UnreadableFile, match="damaged or incomplete"):
        unpacked_of(archive)


def test_an_archive_of_empty_members_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MAX_MEMBERS", 10)
    unpacked_of(gzip.compress(b"") * 10)

    with pytest.raises(UnreadableFile, match="made of more than"):
        unpacked_of(gzip.compress(b"") * 11)


@pytest.mark.parametrize("shared", [True, False])
def test_a_text_of_a_workbook_that_no_cell_may_have_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    monkeypatch.setattr(workbook_size, "LARGEST_TEXT", 3 * MEGABYTE)
    much = "x" * 5 * MEGABYTE
    inline = f'<row r="3"><c r="A3" t="inlineStr"><is><t>{much}</t></is></c></row>'
    content = of_strings(f"<si><t>{much}</t></si>", "") if shared else of_strings("", inline)

    with pytest.raises(UnreadableFile, match="a cell of more than 1,048,576 characters"):
        proposed(content)
