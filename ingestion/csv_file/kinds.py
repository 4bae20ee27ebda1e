"""Which kind of file it is, from its first bytes; or a message that says what it is instead."""

import re
from enum import StrEnum

from ingestion.errors import UnreadableFile

_AS_CSV = "Save it as “CSV UTF-8 (comma delimited)” and upload it again."
_UNPACK = "Unpack it and upload the file inside."
_OPEN_AND_SAVE = "Open it in Excel, save it as “CSV UTF-8 (comma delimited)” and upload that file."
_EXPORT = "Export the contacts as CSV and upload that file."

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY = [
    (b"%PDF-", "a PDF document", _AS_CSV),
    (b"{\\rtf", "an RTF document", _AS_CSV),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", _AS_CSV),
    (b"\xff\xd8\xff", "a JPEG picture", _AS_CSV),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (b"SQLite format 3\x00", "an SQLite database", _EXPORT),
    (b"\x00\x01\x00\x00Standard ", "an Access database", _EXPORT),
    (b"!BDN", "an Outlook data file", _EXPORT),
]
# Signatures that a cell of a text may begin with as well: the bytes after them decide.
_PATTERNS = [
    (re.compile(rb"BZh[1-9](1AY&SY|\x17\x72\x45\x38\x50\x90)"), "a bzip2 archive", _UNPACK),
    (re.compile(rb"GIF8[79]a[^\n]{0,20}\x00", re.DOTALL), "a GIF picture", _AS_CSV),
    (re.compile(rb"PAR1.{0,60}\x00", re.DOTALL), "a Parquet file", _EXPORT),
    (re.compile(rb"PAR1\x15"), "a Parquet file", _EXPORT),
    (
        re.compile(rb"[\x03\x30\x31\x83\x8b\xf5].[\x01-\x0c][\x01-\x1f].{8}\x00\x00", re.DOTALL),
        "a dBASE table",
        _EXPORT,
    ),
]
_TEXTS = [
    (
        re.compile(rb"<(!doctype\s+html|(html|head|body|meta|table|style|div|script|title|center)[\s>])"),
        "an HTML page, as some programs export under the name .xls",
        _OPEN_AND_SAVE,
    ),
    (re.compile(rb"<\?xml\b.*?(excel\.sheet|office:spreadsheet)", re.DOTALL), "an XML table", _OPEN_AND_SAVE),
    (re.compile(rb"<\?xml\s"), "an XML document", _EXPORT),
    (re.compile(rb"begin:vcard\s"), "a vCard file", _EXPORT),
    (re.compile(rb"begin:vcalendar\s"), "a calendar", _EXPORT),
    (re.compile(rb'(?:\[\s*+)*+\{\s*("([^"\\\n]|\\.)*"\s*:|\}\s*[\],]?\s*$)'), "a JSON document", _EXPORT),
    (
        re.compile(rb'\[\s*\[\s*("([^"\\\n]|\\.)*"|-?\d+(\.\d+)?|null|true|false)\s*,'),
        "a JSON document",
        _EXPORT,
    ),
    (re.compile(rb"\[\s*\]\s*$"), "a JSON document", _EXPORT),
    (re.compile(rb"(return-path|received|mime-version): [^,;\t]*\n"), "an e-mail message", _EXPORT),
]
_LOOKED_AT = 64 * 1024
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"\xff\xfe", b"\xfe\xff")

_ENTRY = re.compile(rb"PK\x03\x04.{22}(?P<length>.{2}).{2}", re.DOTALL)
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_OFFICE = [
    ("word/", "a Word document (.docx)"),
    ("ppt/", "a PowerPoint presentation (.pptx)"),
    ("Index/", "a Numbers document"),
]


class Kind(StrEnum):
    """What a contact list may be uploaded as. Which text, and what is in an archive, is another question."""

    TEXT = "text"
    GZIP = "gzip"
    WORKBOOK = "workbook"


def kind_of(head: bytes) -> Kind:
    """The kind of the file that begins with `head`, its first 8 KB or more.

    Raises UnreadableFile, saying what it is and what to do, for whatever is no contact list.
    """
    if not head:
        raise UnreadableFile("The file is empty. Export the contacts again and upload the new file.")
    if head.startswith(b"\x1f\x8b"):
        return Kind.GZIP
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _workbook(head)
    if head.startswith(_OLE2[:4]):
        raise UnreadableFile(
            "The file is an old Excel workbook (.xls) or a workbook protected by a password: both look the "
            "same. Open it in Excel, save it as “CSV UTF-8 (comma delimited)” or as a workbook (.xlsx) "
            "without a password, and upload that."
        )
    _refuse_binary(head)
    _refuse_other_text(head)
    return Kind.TEXT


def _refuse_binary(head: bytes) -> None:
    for signature, kind, advice in _BINARY:
        if head.startswith(signature):
            raise _other(kind, advice)
    for pattern, kind, advice in _PATTERNS:
        if pattern.match(head):
            raise _other(kind, advice)


def _refuse_other_text(head: bytes) -> None:
    # Of brackets alone a regular expression keeps every place to go back to: a hundred bytes for each.
    head = head[:_LOOKED_AT]
    for mark in _MARKS:
        if head.startswith(mark):
            head = head[len(mark) :]
            break
    # Without its NULs the ASCII of UTF-16 and UTF-32 reads as ASCII.
    text = head.replace(b"\0", b"").lstrip().lower()
    for pattern, kind, advice in _TEXTS:
        if pattern.match(text):
            raise _other(kind, advice)


def _workbook(head: bytes) -> Kind:
    entries = _entries(head)
    if any(name.startswith("xl/") for name in entries):
        return Kind.WORKBOOK
    for folder, kind in _OFFICE:
        if any(name.startswith(folder) for name in entries):
            raise _other(kind, _AS_CSV)
    at = head.find(_OPEN_DOCUMENT)
    if 0 <= at < 200:
        if head[at + len(_OPEN_DOCUMENT) :].startswith(b"spreadsheet"):
            raise _other("an OpenDocument spreadsheet (.ods)", _AS_CSV)
        raise _other("an OpenDocument file", _AS_CSV)
    # A long first entry may hide the rest; the three Office formats begin alike, and a table is likeliest.
    if "[Content_Types].xml" in entries or "_rels/.rels" in entries:
        return Kind.WORKBOOK
    raise _other("a ZIP archive", _UNPACK)


def _entries(head: bytes) -> list[str]:
    names = []
    for entry in _ENTRY.finditer(head):
        length = int.from_bytes(entry["length"], "little")
        names.append(head[entry.end() : entry.end() + length].decode("utf-8", "replace"))
    return names


def _other(kind: str, advice: str) -> UnreadableFile:
    return UnreadableFile(f"The file is not a CSV file but {kind}. {advice}")
