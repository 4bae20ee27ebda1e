"""From bytes to text, or a message that says what the bytes are."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from ingestion.errors import UnreadableFile

_SIGNATURES = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}
_UNDECODABLE = re.compile("[\udc80-\udcff]")
_AS_CSV = "Save it as “CSV UTF-8 (comma delimited)” and upload it again."


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """The file as text, line ends kept, a byte-order mark removed.

    Raises UnreadableFile when it is empty, is another kind of file, or holds bytes that are not UTF-8: also
    later, while it is read.
    """
    with path.open("rb") as binary:
        _refuse_other_kinds(binary.read(8))
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            yield text
    except UnicodeDecodeError:
        raise UnreadableFile(_where_undecodable(path)) from None


def _refuse_other_kinds(head: bytes) -> None:
    if not head:
        raise UnreadableFile("The file is empty. Export the contacts again and upload the new file.")
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            raise UnreadableFile(f"The file is not a CSV file but {kind}. {_AS_CSV}")


def _where_undecodable(path: Path) -> str:
    # PEP 383: bytes that are not UTF-8 come out as lone surrogates, which UTF-8 itself never holds.
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as text:
        for number, line in enumerate(text, start=1):
            if found := _UNDECODABLE.search(line):
                byte = f"0x{ord(found[0]) - 0xDC00:02X}"
                column = found.start() + 1
                return f"Line {number}, column {column} holds the byte {byte}, which is not UTF-8. {_AS_CSV}"
    raise AssertionError("the file changed while it was read")
