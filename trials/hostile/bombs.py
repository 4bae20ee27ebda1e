"""Files that are made to take a reader's memory or time, each written in a second or a few."""

import gzip
import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from ingestion.settings import MEGABYTE

Write = Callable[[Path], None]

HEADER = b"email,first_name,last_name,company,notes\n"
_ROW = b"ana%d@example.com,Ana,Berg,Acme,some words\n"
_CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    '{}" Target="{}"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_BOOK = (
    f'<workbook {_MAIN} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Contacts" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_TABLE = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>email</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>ana@example.com</t></is></c></row>'
)


def text(*parts: Iterable[bytes] | bytes) -> Write:
    """A file of these parts."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            for part in parts:
                file.writelines([part] if isinstance(part, bytes) else part)

    return write


def packed(*members: Iterable[bytes]) -> Write:
    """A gzip archive with these members."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            for member in members:
                with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6) as archive:
                    for part in member:
                        archive.write(part)

    return write


def book(
    sheet: Iterable[str] = (), strings: Iterable[str] = (), *, prolog: str = "", extra: int = 0, of: str = ""
) -> Write:
    """A workbook with these rows, as XML, these shared strings, and so many entries beside."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
            archive.writestr("_rels/.rels", _RELATIONS.format("officeDocument", "xl/workbook.xml"))
            archive.writestr("xl/workbook.xml", _BOOK)
            archive.writestr(
                "xl/_rels/workbook.xml.rels", _RELATIONS.format("worksheet", "worksheets/sheet1.xml")
            )
            _entry(archive, "xl/sharedStrings.xml", [f"{prolog}<sst {_MAIN}>"], strings, ["</sst>"])
            begun = f"{prolog}<worksheet {_MAIN}>{of}<sheetData>"
            _entry(archive, "xl/worksheets/sheet1.xml", [begun], sheet, ["</sheetData></worksheet>"])
            for number in range(extra):
                archive.writestr(f"x{number}", "")

    return write


def _entry(archive: zipfile.ZipFile, name: str, *parts: Iterable[str]) -> None:
    with archive.open(name, "w", force_zip64=True) as entry:
        for some in parts:
            for part in some:
                entry.write(part.encode())


def _much(character: bytes, megabytes: int) -> Iterable[bytes]:
    return (character * MEGABYTE for _ in range(megabytes))


def _rows(number: int) -> Iterable[bytes]:
    return (_ROW % at for at in range(number))


def _zip_of(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("contacts.csv", content)
    return file.getvalue()


_LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)
_OUTSIDE = '<!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>'
_LAUGHING = ['<row r="3"><c r="A3" t="inlineStr"><is><t>&a9;</t></is></c></row>']


def _same_cell(times: int) -> Iterable[str]:
    return ('<row r="3">' + '<c r="A3"><v>1</v></c>' * 50_000 + "</row>" for _ in range(times))


def _shared(cells: int) -> Iterable[str]:
    for start in range(3, cells + 3, 10_000):
        yield "".join(
            f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(start, start + 10_000)
        )


TEXTS: dict[str, tuple[str, Write]] = {
    "a line of 200 MB": (".csv", text(HEADER, _much(b"a", 200))),
    "a quote that never closes, 100 MB behind it": (
        ".csv",
        text(HEADER, b'ana@example.com,"Ana,', _rows(2_300_000)),
    ),
    "a quote that never closes in each thousandth row": (
        ".csv",
        text(HEADER, *[x for n in range(1000) for x in (b'"x,', _rows(1000))]),
    ),
    "a row of 8 million commas": (".csv", text(HEADER, _rows(1000), b"," * 8_000_000 + b"\n")),
    "rows of 900 commas, 60 MB": (".csv", text(HEADER, (b"," * 900 + b"x\n" for _ in range(60_000)))),
    "a header of 1,001 columns": (
        ".csv",
        text(
            b"email," + b",".join(b"c%d" % n for n in range(1000)) + b"\n", b"a@x.com" + b"," * 1000 + b"\n"
        ),
    ),
    "a header with a name of 2,001 characters": (
        ".csv",
        text(b"email," + b"n" * 2001 + b"\nana@example.com,x\n"),
    ),
    "a cell of a million characters": (".csv", text(HEADER, b"ana@example.com,A,B,C," + b"x" * 1_000_000)),
    "a cell of a million characters of four bytes": (
        ".csv",
        text(HEADER, b"ana@example.com,A,B,C,", "😀".encode() * 1_000_000, b"\n", _rows(10)),
    ),
    "a cell of 1,048,577 characters": (".csv", text(HEADER, b"ana@example.com,A,B,C," + b"x" * 1_048_577)),
    "60 e-mails of a million characters": (
        ".csv",
        text(HEADER, (b"a@%d" % n + b" a@b.example" * 80_000 + b",A,B,C,\n" for n in range(60))),
    ),
    "60 e-mails of a million blanks": (
        ".csv",
        text(HEADER, (b"a%d" % n + b" " * 1_000_000 + b"@,A,B,C,\n" for n in range(60))),
    ),
    "60 MB of NUL": (".csv", text(_much(b"\0", 60))),
    "60 MB of NUL below a header": (".csv", text(HEADER, _much(b"\0", 60))),
    "60 MB of quotes": (".csv", text(HEADER, _much(b'"', 60))),
    "60 MB of blanks": (".csv", text(HEADER, _much(b" ", 60))),
    "60 MB of at signs": (".csv", text(HEADER, _much(b"@", 60))),
    "60 MB of brackets": (".csv", text(_much(b"[", 60))),
    "60 MB of blank lines": (".csv", text(HEADER, _much(b"\n", 60))),
    "60 MB of carriage returns": (".csv", text(HEADER, _much(b"\r", 60))),
    "UTF-16 with lone surrogates": (
        ".csv",
        text(b"\xff\xfe" + HEADER.decode().encode("utf-16-le"), b"\x00\xd8" * 1_000_000),
    ),
    "UTF-16 of an odd length": (".csv", text(b"\xff\xfe" + HEADER.decode().encode("utf-16-le") * 3, b"a")),
    "UTF-32": (".csv", text((HEADER + b"ana@example.com,A,B,C,x\n").decode().encode("utf-32"))),
    "UTF-8 with lone surrogates": (".csv", text(HEADER, b"ana@example.com,\xed\xa0\x80,B,C,\n")),
    "UTF-8 written too long": (".csv", text(HEADER, b"ana@example.com,\xc0\xaf,B,C,\n")),
    "marks of order within": (".csv", text(HEADER, b"ana@example.com,\xef\xbb\xbfA,\xef\xbb\xbf,C,\n")),
}

ARCHIVES: dict[str, tuple[str, Write]] = {
    "gzip of 2,000 MB in twenty members": (".csv.gz", text(gzip.compress(b"a" * 100 * MEGABYTE) * 20)),
    "gzip of 3 million members": (
        ".csv.gz",
        text(gzip.compress(HEADER + b"ana@example.com,A,B,C,\n"), gzip.compress(b"") * 3_000_000),
    ),
    "gzip in gzip": (".csv.gz", packed([gzip.compress(HEADER)])),
    "zip in gzip": (".csv.gz", packed([_zip_of(HEADER)])),
    "gzip cut short": (".csv.gz", text(gzip.compress(HEADER * 1000)[:-20])),
    "zip": (".csv", text(_zip_of(HEADER))),
}

WORKBOOKS: dict[str, tuple[str, Write]] = {
    "a sheet of 1,200 MB": (".xlsx", book(_same_cell(1200))),
    "one cell 20 million times": (".xlsx", book([_TABLE, *_same_cell(400)])),
    "one cell 10 million times": (".xlsx", book([_TABLE, *_same_cell(200)])),
    "a text of 30,000 characters in a million cells": (
        ".xlsx",
        book([_TABLE, *_shared(1_000_000)], ["<si><t>", "x" * 30_000, "</t></si>"]),
    ),
    "a text of 400 characters in a million cells": (
        ".xlsx",
        book([_TABLE, *_shared(1_000_000)], ["<si><t>", "x" * 400, "</t></si>"]),
    ),
    "19 million empty texts": (".xlsx", book([_TABLE], ["<si><t/></si>" * 190_000] * 100)),
    "a text of 400 MB": (".xlsx", book([_TABLE], ["<si><t>", *["x" * MEGABYTE] * 400, "</t></si>"])),
    "a billion laughs": (".xlsx", book([_TABLE, *_LAUGHING], prolog=_LAUGHS)),
    "an entity outside": (".xlsx", book([_TABLE, *_LAUGHING], prolog=_OUTSIDE)),
    "a million rows without values": (
        ".xlsx",
        book([_TABLE, *(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 1_000_000))]),
    ),
    "a cell at XFD1048576": (
        ".xlsx",
        book([_TABLE, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>']),
    ),
    "a dimension that lies": (".xlsx", book([_TABLE], of='<dimension ref="A1:XFD1048576"/>')),
    "1,001 columns": (
        ".xlsx",
        book(
            ['<row r="1"><c t="inlineStr"><is><t>email</t></is></c>' + "<c><v>1</v></c>" * 1000 + "</row>"]
            * 3
        ),
    ),
    "200,000 parts": (".xlsx", book([_TABLE], extra=200_000)),
}
