"""Contacts as CSV, Excel and Parquet hold the same."""

import csv
import io
import re
import tracemalloc
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from db.engine import Sessions
from ingestion import export, finalization, formats
from ingestion.errors import Conflict
from ingestion.formats import Format
from ingestion.protection import Cells
from tests.conftest import Submit

CONTACTS = (
    "email,first_name,last_name,company,phone\n"
    'ana@x.com,Ana,Silva,"Acme, ""The"" one\nand only",+49 30 1\n'
    "bo@x.com,=1+1,王,https://x.com/,007\n"
    "cy@x.com,Cy,Ng,\u200fحسن,\n"
)


@pytest.fixture
def job_id(processed: Submit, sessions: Sessions) -> int:
    job_id = processed(CONTACTS.encode())
    finalization.finalize(sessions, job_id)
    return job_id


def downloaded(sessions: Sessions, user_id: int, job_id: int, format_: Format) -> bytes:
    opened = export.open_contacts(sessions, user_id, job_id, format_, Cells.EXACT)
    assert opened.filename == f"contacts-contacts.{format_}"
    assert opened.media_type == formats.MEDIA_TYPE[format_]
    return b"".join(opened.chunks)


def test_every_format_holds_the_same_as_csv(sessions: Sessions, user_id: int, job_id: int) -> None:
    content = downloaded(sessions, user_id, job_id, Format.CSV).decode()
    header, *rows = csv.reader(io.StringIO(content, newline=""))
    assert len(rows) == 3

    book = CalamineWorkbook.from_filelike(io.BytesIO(downloaded(sessions, user_id, job_id, Format.XLSX)))
    table = pq.read_table(io.BytesIO(downloaded(sessions, user_id, job_id, Format.PARQUET)))

    assert book.get_sheet_by_index(0).to_python() == [header, *rows]
    assert table.column_names == header
    assert [[cell or "" for cell in row.values()] for row in table.to_pylist()] == rows


def test_a_worksheet_keeps_what_could_be_a_formula_as_text_also_once_it_is_edited(
    sessions: Sessions, user_id: int, job_id: int
) -> None:
    content = downloaded(sessions, user_id, job_id, Format.XLSX)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = re.findall("<xf [^>]*>", archive.read("xl/styles.xml").decode().split("<cellXfs")[1])

    quoted = [number for number, style in enumerate(styles) if 'quotePrefix="1"' in style]
    assert re.findall(r'<c r="(\w+)" s="(\d)" t="inlineStr"><is><t>=1\+1<', sheet) == [("B3", str(quoted[0]))]
    assert "<f>" not in sheet


def test_more_than_a_worksheet_holds_is_refused_with_what_to_do(
    sessions: Sessions, user_id: int, job_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "_MOST_SHEET_ROWS", 3)
    with pytest.raises(Conflict, match=r"these are 3\. Download CSV or Parquet"):
        export.open_contacts(sessions, user_id, job_id, Format.XLSX)
    monkeypatch.setattr(formats, "_MOST_SHEET_ROWS", 4)
    monkeypatch.setattr(formats, "_LONGEST_SHEET_CELL", 20)
    with pytest.raises(Conflict, match="holds 20 characters; one of these has 24"):
        export.open_contacts(sessions, user_id, job_id, Format.XLSX)


@pytest.mark.parametrize(("write", "some"), [(formats.write_xlsx, 10_000), (formats.write_parquet, 80_000)])
def test_memory_does_not_grow_with_the_rows(write: object, some: int, tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        contacts = ((f"user{n}@example.com", "Ana", "Silva", "x" * 50) for n in range(rows))
        tracemalloc.start()
        with (tmp_path / "contacts").open("w+b") as file:
            write(["email", "first", "last", "company"], contacts, file)  # type: ignore[operator]
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    assert peak(2 * some) < 1.3 * peak(some)
