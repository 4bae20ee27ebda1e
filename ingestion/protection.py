"""CSV files of this product on their way out, their cells so that no spreadsheet calculates them."""

import csv
import io
import re
from codecs import BOM_UTF8
from collections.abc import Generator, Iterator, Sequence
from enum import StrEnum
from typing import IO

from ingestion.rules.formulas import DASHES, NUMBER, PHONE, protect

_BLOCK_BYTES = 256 * 1024


class Cells(StrEnum):
    """How the cells of a CSV file are written."""

    PROTECTED = "protected"
    """Not to be taken for formulas; read by this product they are the exact ones again."""
    EXACT = "exact"


_USUAL = f"(?:{PHONE}|{NUMBER}|{DASHES})"
_PLACES = (
    # Phone numbers are many: they are passed over here already, as far as no quotes are in play.
    re.compile(
        rb"[,;|\t\r\n\"][\x00-\x20\"'\x7f-\xff]*+(?=[=+\-@])(?!(?<=,)" + _USUAL.encode() + rb"[,\r\n])"
    ),
    re.compile(rb"[,\n\"'][\t\r\n](?:(?<=[,\n]\t)|(?<=[,\n]\".)|(?<=[,\n\"']'.))", re.DOTALL),
    re.compile(rb"\xef\xbc[\x8b\x8d\x9d\xa0]"),
)
"""They find every place where `protect` may change a cell, and others; each begins with what is searched for
fastest, as none would that were one with another."""
_CELL = re.compile(r'((?:\A|,)"?+)(?:(?<=")((?:[^"]|"")*+)|([^,\r\n]*+))')


def protected(file: IO[bytes]) -> Generator[bytes]:
    """The CSV file (UTF-8, commas, RFC 4180) from where it stands, with each cell as `protect` writes it.

    Records in which nothing is to be protected are given byte for byte. The file is left open.
    """
    mark = file.read(len(BOM_UTF8))
    first = b"" if mark == BOM_UTF8 else mark
    if not first:
        yield mark
    while block := first + _whole_records(file, first):
        yield b"".join(map(_protected, _records(block))) if _may_change(block) else block
        first = b""


def csv_line(cells: Sequence[str]) -> str:
    """The cells as a line without its end."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)  # what ends lines is put between quotes
    return line.getvalue().removesuffix("\r\n")


def _may_change(records: bytes) -> bool:
    below_a_line = b"\n" + records
    return any(place.search(below_a_line) for place in _PLACES)


def _whole_records(file: IO[bytes], begun: bytes) -> bytes:
    """The next records; `begun` was read of them."""
    block = file.read(_BLOCK_BYTES) + file.readline()
    quotes = begun.count(b'"') + block.count(b'"')
    more = []
    while quotes % 2 and (line := file.readline()):  # a line end between quotes
        more.append(line)
        quotes += line.count(b'"')
    return block + b"".join(more)


def _records(block: bytes) -> Iterator[bytes]:
    begun: list[bytes] = []
    is_inside = False
    for line in io.BytesIO(block):
        begun.append(line)
        is_inside ^= line.count(b'"') % 2 == 1
        if not is_inside:
            yield b"".join(begun)
            begun.clear()
    yield b"".join(begun)


def _protected(record: bytes) -> bytes:
    if not _may_change(record):
        return record
    # Doubled quotes are as good as single ones here, and an apostrophe needs no quotes around it.
    return _CELL.sub(lambda found: found[1] + protect(found[2] or found[3] or ""), record.decode()).encode()
