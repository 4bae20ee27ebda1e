"""Which kind of file it is, and what is said of one that is no contact list."""

import gzip
import io
import sqlite3
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from ingestion.csv_file.kinds import Kind, kind_of
from ingestion.errors import UnreadableFile


def refusal(head: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        kind_of(head)
    return str(refused.value)


def archive(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in names:
            target.writestr(name, "x")
    return packed.getvalue()


def workbook() -> bytes:
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        book.add_worksheet().write_row(0, 0, ["email", "last"])
    return packed.getvalue()


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"email\nana@x.com\n", id="ASCII"),
        pytest.param(b"\xef\xbb\xbfemail\n", id="UTF-8 with its mark"),
        pytest.param("email\nana@x.com\n".encode("utf-16"), id="UTF-16"),
        pytest.param("email\nana@x.com\n".encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param("email\nana@x.com\n".encode("utf-32-be"), id="UTF-32 without a mark"),
        pytest.param("email\nana@x.com\n".encode("cp500"), id="EBCDIC"),
        pytest.param(b"PK,email\n", id="begins as a ZIP"),
        pytest.param(b"BM,email\n", id="begins as a bitmap"),
        pytest.param(b"BZh9,email\n", id="begins as bzip2"),
        pytest.param(b"GIF89a,email\nana@x.com\n", id="begins as a GIF"),
        pytest.param(b"PAR1,email\nana@x.com\n", id="begins as Parquet"),
        pytest.param(b"[id],[email]\n", id="names in brackets"),
        pytest.param(b"[EXTERNAL] email,last\n", id="a remark in brackets"),
        pytest.param(b"{id},{email}\n", id="names in braces"),
        pytest.param(b"<none>,email\n", id="a cell in angle brackets"),
        pytest.param(b"Received,From\n", id="a column named as a header of a message"),
        pytest.param(b"P", id="one byte"),
        pytest.param(b"\n\n", id="line ends only"),
    ],
)
def test_text_is_text_in_whichever_encoding_and_whatever_it_begins_with(head: bytes) -> None:
    assert kind_of(head) is Kind.TEXT


def test_a_gzip_archive_is_told_by_its_signature() -> None:
    assert kind_of(gzip.compress(b"email\n")) is Kind.GZIP


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(workbook()[:8192], id="as a library writes it"),
        pytest.param(archive("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), id="as Excel does"),
        pytest.param(archive("_rels/.rels", "docProps/app.xml", "xl/workbook.xml"), id="as LibreOffice does"),
        pytest.param(archive("[Content_Types].xml"), id="with the rest beyond the head"),
    ],
)
def test_a_workbook_is_told_by_the_names_in_its_archive(head: bytes) -> None:
    assert kind_of(head) is Kind.WORKBOOK


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (archive("contacts.csv"), "a ZIP archive. Unpack it and upload the file inside."),
        (archive(), "a ZIP archive. Unpack it and upload the file inside."),
        (archive("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "a Word document (.docx)."),
        (archive("[Content_Types].xml", "ppt/presentation.xml"), "a PowerPoint presentation (.pptx)."),
        (
            b"PK\x03\x04" + b"\0" * 22 + b"\x08\0\0\0mimetype"
            + b"application/vnd.oasis.opendocument.spreadsheetPK",
            "an OpenDocument spreadsheet (.ods). Save it",
        ),
        (b"%PDF-1.7\n", "a PDF document. Save it as “CSV UTF-8 (comma delimited)” and upload it again."),
        (b"{\\rtf1\\ansi", "an RTF document."),
        (b"\x89PNG\r\n\x1a\n\0\0", "a PNG picture."),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG picture."),
        (b"GIF89a\x01\0\x01\0\x80\0\0", "a GIF picture."),
        (b"7z\xbc\xaf\x27\x1c\0\4", "a 7z archive. Unpack it"),
        (b"Rar!\x1a\x07\x01\0", "a RAR archive. Unpack it"),
        (b"BZh91AY&SY", "a bzip2 archive. Unpack it"),
        (b"\xfd7zXZ\0\0\4", "an xz archive. Unpack it"),
        (b"\x28\xb5\x2f\xfd\x24", "a Zstandard archive. Unpack it"),
        (b"SQLite format 3\0", "an SQLite database. Export the contacts as CSV"),
        (b"PAR1\x15\x04\x15", "a Parquet file. Export the contacts as CSV"),
        (b"\x03\x7c\x05\x11" + b"\x02\0\0\0\x61\0\x20\0" + bytes(20), "a dBASE table. Export the contacts"),
        (b"<!DOCTYPE html>\n<html>", "an HTML page"),
        (b"\xef\xbb\xbf\r\n  <HTML xmlns:x", "an HTML page"),
        (b"<table border=1>", "an HTML page"),
        ("\n<table>".encode("utf-16"), "an HTML page"),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>', "an XML table. Open"),
        (b'<?xml version="1.0"?>\n<contacts>', "an XML document."),
        (b"BEGIN:VCARD\r\nVERSION:3.0", "a vCard file. Export the contacts as CSV"),
        (b'{"contacts": [', "a JSON document."),
        (b' [\n {"email": "a', "a JSON document."),
        (b'[["email", "last"],', "a JSON document."),
        (b"[]", "a JSON document."),
        (b"Return-Path: <ana@x.com>\nReceived: from", "an e-mail message."),
    ],
)  # fmt: skip
def test_another_kind_of_file_is_named_with_what_to_do(head: bytes, said: str) -> None:
    assert refusal(head).startswith(f"The file is not a CSV file but {said}")


def test_an_old_workbook_and_a_protected_one_look_the_same() -> None:
    said = refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0")

    assert "an old Excel workbook (.xls) or a workbook protected by a password" in said


def test_an_empty_file_is_refused() -> None:
    assert refusal(b"") == "The file is empty. Export the contacts again and upload the new file."


def test_a_real_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "contacts.db"
    with sqlite3.connect(path) as database:
        database.execute("create table contacts (email text)")
    database.close()

    assert "an SQLite database" in refusal(path.read_bytes())


@given(st.lists(st.text("abcXYZ0189 @.[]{}\"'<>-:äж", max_size=8), min_size=1, max_size=5))
def test_rows_of_plain_cells_are_text(cells: list[str]) -> None:
    assert kind_of(("email," + ",".join(cells) + "\n").encode()) is Kind.TEXT
