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
        yield b"".join(_parts(block))
        first = b""


def csv_line(cells: Sequence[str]) -> str:
    """The cells as a line without its end."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)  # what ends lines is put between quotes
    return line.getvalue().removesuffix("\r\n")


def _whole_records(file: IO[bytes], begun: bytes) -> bytes:
    """The next records; `begun` was read of them."""
    block = file.read(_BLOCK_BYTES) + file.readline()
    quotes = begun.count(b'"') + block.count(b'"')
    more = []
    while quotes % 2 and (line := file.readline()):  # a line end between quotes
        more.append(line)
        quotes += line.count(b'"')
    return block + b"".join(more)


def _parts(block: bytes) -> Iterator[bytes]:
    """The records of the block, protected; those in which nothing may change are not looked at."""
    below_a_line = b"\n" + block
    done = 0
    for at in sorted(found.end() - 1 for place in _PLACES for found in place.finditer(below_a_line)):
        if at >= done:
            begin, end = _record_around(block, at, done)
            yield block[done:begin]
            yield _protected(block[begin:end])
            done = end
    yield block[done:]


def _record_around(block: bytes, at: int, begins: int) -> tuple[int, int]:
    """From where to where the record goes that holds a place; at `begins`, before it, another one begins."""
    begin = block.rfind(b"\n", begins, at) + 1 or begins
    quotes = block.count(b'"', begins, begin)
    while quotes % 2:  # that line end stands between quotes
        before = block.rfind(b"\n", begins, begin - 1) + 1 or begins
        quotes -= block.count(b'"', before, begin)
        begin = before
    end = _line_end(block, at)
    quotes = block.count(b'"', begin, end)
    while quotes % 2 and end < len(block):
        after = _line_end(block, end)
        quotes += block.count(b'"', end, after)
        end = after
    return begin, end


def _line_end(block: bytes, at: int) -> int:
    return block.find(b"\n", at) + 1 or len(block)


def _protected(record: bytes) -> bytes:
    # Doubled quotes are as good as single ones here, and an apostrophe needs no quotes around it.
    return _CELL.sub(lambda found: found[1] + protect(found[2] or found[3] or ""), record.decode()).encode()
