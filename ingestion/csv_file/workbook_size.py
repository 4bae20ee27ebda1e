"""How much memory a workbook asks for, found before it gets any.

calamine allocates what a sheet asks for, and a process that gets no memory in Rust ends at once. All entries
of the archive are looked at: which of them is a sheet, or holds the texts of sheets, is for calamine to say.
"""

import copy
import os
import re
import struct
import sys
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

import numpy as np
import numpy.typing as npt

from ingestion.csv_file.limits import LARGEST_CELL
from ingestion.errors import UnreadableFile
from ingestion.settings import MEGABYTE

MAX_UNPACKED_BYTES = 1000 * MEGABYTE
"""A workbook is a ZIP archive of XML, usually five to ten times as large, and cannot be streamed."""
MAX_CELLS = 20_000_000
"""What is read of a sheet has a place for every cell from its first row and column to its last."""
LARGEST_TEXT = 16 * LARGEST_CELL
"""Bytes of XML. A cell may hold formatted pieces, and characters of several bytes."""
MAX_DIRECTORY_BYTES = MEGABYTE
"""Of the list of an archive's entries, which is read as a whole and takes ten times its size."""

_CHUNK = 1024 * 1024
_ATTRIBUTES = rb"""(?:\s+[^\s=<>]+\s*=\s*(?:"[^"]*"|'[^']*'))*"""
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d+)["']""")
# An empty element is a cell with a style and no value, of which nothing is read.
_FILLED = re.compile(_REFERENCE.pattern + rb"(?!" + _ATTRIBUTES + rb"\s*/>)")
_UNPLACED = rb"(?:\s+(?!r\s*=)[^\s=<>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>"
_UNPLACED_CELL = re.compile(rb"<(?:\w+:)?c" + _UNPLACED)
_UNPLACED_ROW = re.compile(rb"<(?:\w+:)?row" + _UNPLACED)
_ROW = re.compile(rb"<(?:\w+:)?row\b")
_CELL_END = re.compile(rb"</(?:\w+:)?c\s*>")
_STRING = re.compile(rb"<(?:\w+:)?si[\s/>]")
_SHARED = re.compile(rb"""\st\s*=\s*["']s["']""")
_SHARED_VALUE = re.compile(_SHARED.pattern + rb"[^<>]*>\s*<(?:\w+:)?v(?:\s[^<>]*)?>\s*(\d{1,9})\s*<")

_END, _LARGE_END = b"PK\x05\x06", b"PK\x06\x06"
_END_SIZE, _LOCATOR_SIZE, _LARGE_END_SIZE = 22, 20, 56
_LONGEST_END = 2**16 + _END_SIZE + _LOCATOR_SIZE + _LARGE_END_SIZE
"""Bytes: with a comment as long as there can be."""

_STRAY = (
    "The sheet has cells far below or to the right of its table. Delete them, or save the table as "
    "“CSV UTF-8 (comma delimited)” and upload that."
)
_REPEATED = (
    "The workbook repeats long texts so often that they would take more than {0:,} MB, which is the most "
    "that is taken. Upload a workbook with fewer rows."
)
_MANY_CELLS = (
    "The workbook has more than {0:,} cells or texts, which is the most that is taken. Save the sheet with "
    "the contacts as “CSV UTF-8 (comma delimited)” and upload that."
)
_LONG_TEXT = (
    "The workbook holds a cell of more than {0:,} characters, which is the most that is taken. Shorten it "
    "and upload the file again."
)
_MANY_PARTS = (
    "The workbook is made of thousands of parts, more than are taken. Save the sheet with the contacts as "
    "“CSV UTF-8 (comma delimited)” and upload that."
)
_TOO_LARGE = (
    "The workbook is too large to be read in one piece: unpacked it has more than {0:,} MB, which is the "
    "most that is taken. Save the sheet with the contacts as “CSV UTF-8 (comma delimited)” and upload that."
)


Lengths = npt.NDArray[np.int64]


def refuse_large(file: IO[bytes], max_bytes: int) -> None:
    """Raise UnreadableFile where a workbook would take more memory than is given to one.

    `max_bytes` is the most that its parts may hold, and the texts of all its cells together. Raises
    BadZipFile, and whatever else zipfile does for an entry that is encrypted, cut short or packed otherwise.
    """
    if _directory_size(file) > MAX_DIRECTORY_BYTES:
        raise UnreadableFile(_MANY_PARTS)
    with zipfile.ZipFile(file) as archive:
        most = left = min(max_bytes, MAX_UNPACKED_BYTES)
        # What is declared may be less than the truth; what says itself that it is too large is not unpacked.
        if sum(entry.file_size for entry in archive.infolist()) > most:
            raise UnreadableFile(_TOO_LARGE.format(most // MEGABYTE))
        references = longest = 0
        for entry in archive.infolist():
            used = _Used(archive, entry, left, most)
            if used.has_unplaced_cells:
                used = _Used(archive, entry, left, most, is_placed=False)
            _refuse_large_entry(used)
            left -= used.size
            references += used.references
            longest = max(longest, used.longest_string)
        if references * longest > most and _repeated(archive, references, longest) > most:
            raise UnreadableFile(_REPEATED.format(most // MEGABYTE))


def _refuse_large_entry(used: "_Used") -> None:
    if used.rows * used.columns > MAX_CELLS:
        raise UnreadableFile(_STRAY)
    if max(used.cells, used.strings) > MAX_CELLS:
        raise UnreadableFile(_MANY_CELLS.format(MAX_CELLS))
    if used.longest_string > LARGEST_TEXT:
        raise UnreadableFile(_LONG_TEXT.format(LARGEST_CELL))


def _directory_size(file: IO[bytes]) -> int:
    """Bytes of the list of entries, as zipfile will read it (APPNOTE 6.3.10 §4.3.14 to 4.3.16)."""
    file.seek(0, os.SEEK_END)
    file.seek(-min(file.tell(), _LONGEST_END), os.SEEK_CUR)
    end = file.read()
    at = len(end) - _END_SIZE
    if not (end[at:].startswith(_END) and end.endswith(b"\0\0")):
        at = end.rfind(_END)
    if at < 0 or len(end) < at + _END_SIZE:
        return 0
    size: int = struct.unpack_from("<L", end, at + 12)[0]
    large = at - _LOCATOR_SIZE - _LARGE_END_SIZE
    if large >= 0 and end.startswith(_LARGE_END, large):
        size = max(size if size < 2**32 - 1 else 0, struct.unpack_from("<Q", end, large + 40)[0])
    return size


class _Used:
    """What an entry of a workbook takes up, at most."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        entry: zipfile.ZipInfo,
        left: int,
        most: int,
        *,
        is_placed: bool = True,
    ) -> None:
        self.size = self.rows = self.columns = 0
        """How far to the right and down it has cells with values."""
        self.cells = self.references = self.strings = self.longest_string = 0
        """Cells with values; those that name a shared string; and the strings, if it holds them."""
        self.has_unplaced_cells = False
        self._in_row = self._most_in_row = self._rows_unplaced = self._string_size = self._text_size = 0
        for text in _whole_tags(self._counted(_unpacked(archive, entry), left, most)):
            self._look(_FILLED if is_placed else _REFERENCE, text)
            self._look_at_texts(text)
            if is_placed:
                self.has_unplaced_cells = self.has_unplaced_cells or bool(_UNPLACED_CELL.search(text))
            else:
                self._count(text)
        if not is_placed:
            self.rows += self._rows_unplaced
            self.columns += self._most_in_row

    def _counted(self, chunks: Iterable[bytes], left: int, most: int) -> Iterator[bytes]:
        for chunk in chunks:
            self.size += len(chunk)
            if self.size > left:
                raise UnreadableFile(_TOO_LARGE.format(most // MEGABYTE))
            yield chunk

    def _look(self, pattern: re.Pattern[bytes], text: bytes) -> None:
        found = pattern.findall(text)
        self.rows = max(self.rows, max((int(digits[:11]) for digits in {it[1] for it in found}), default=0))
        self.columns = max(self.columns, max((_column(it) for it in {it[0] for it in found}), default=0))

    def _look_at_texts(self, text: bytes) -> None:
        self.cells += len(_CELL_END.findall(text))
        self.references += len(_SHARED.findall(text))
        *ended, self._string_size = _string_sizes(text, self._string_size)
        self.strings += len(ended)
        behind_tag = len(text) - text.rfind(b"<") - 1
        self._text_size = behind_tag + (self._text_size if behind_tag == len(text) else 0)
        self.longest_string = max(self.longest_string, self._string_size, self._text_size, *ended)

    def _count(self, text: bytes) -> None:
        """The cells and rows without a reference stand right of, and below, the one before them."""
        self._rows_unplaced += len(_UNPLACED_ROW.findall(text))
        for at, row in enumerate(_ROW.split(text)):
            self._in_row = len(_UNPLACED_CELL.findall(row)) + (self._in_row if at == 0 else 0)
            self._most_in_row = max(self._most_in_row, self._in_row)


def _string_sizes(text: bytes, begun: int) -> list[int]:
    """The bytes of the shared strings that end in a text, and of one begun in it; `begun`: of one before."""
    places = [found.start() for found in _STRING.finditer(text)]
    if not places:
        return [begun + len(text) if begun else 0]
    ends = [*places[1:], len(text)]
    sizes = [end - place for place, end in zip(places, ends, strict=True)]
    return [begun + places[0], *sizes] if begun else sizes


def _repeated(archive: zipfile.ZipFile, references: int, longest: int) -> int:
    """How many bytes the shared strings take in all cells that name one, at most."""
    counts, sizes = np.zeros(0, np.int64), np.zeros(0, np.int64)
    found = 0
    for entry in archive.infolist():
        named, own = _strings_of(archive, entry)
        found += int(named.sum())
        counts, sizes = _padded(counts, len(named)), _padded(sizes, len(own))
        counts[: len(named)] += named
        sizes[: len(own)] = np.maximum(sizes[: len(own)], own)
    both = min(len(counts), len(sizes))
    # A reference that is written in an unusual way, or parted from its number, counts as the longest.
    return int(counts[:both] @ sizes[:both]) + (references - found) * longest


def _strings_of(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[Lengths, Lengths]:
    """Of each shared string how often an entry names it; and the sizes of those that it holds."""
    counts, sizes, begun = np.zeros(0, np.int64), [np.zeros(0, np.int64)], 0
    for text in _whole_tags(_unpacked(archive, entry)):
        numbers = np.array(_SHARED_VALUE.findall(text)).astype(np.int64)
        numbers = numbers[numbers < MAX_CELLS]
        named = np.bincount(numbers)
        counts = _padded(counts, len(named))
        counts[: len(named)] += named
        *ended, begun = _string_sizes(text, begun)
        sizes.append(np.array(ended, np.int64))
    return counts, np.concatenate([*sizes, np.array([begun], np.int64)])


def _padded(numbers: Lengths, size: int) -> Lengths:
    """The numbers with zeros behind them, at least so many in all."""
    return np.concatenate([numbers, np.zeros(max(size - len(numbers), 0), np.int64)])


def _column(letters: bytes) -> int:
    """The number of a column from its letters: 1 for A, 16,384 for XFD."""
    number = 0
    for letter in letters[:8].upper():
        number = 26 * number + letter - 64
    return number


def _whole_tags(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        rest += chunk
        end = rest.rfind(b"<")
        if end >= 0:
            yield rest[:end]
            rest = rest[end:]
        if len(rest) > _CHUNK:  # no tag of a sheet
            yield rest
            rest = b""
    yield rest


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry in chunks, as far as it really goes: zipfile alone ends at the size that is declared."""
    whole = copy.copy(entry)
    whole.file_size = sys.maxsize
    with archive.open(whole) as file:
        while chunk := file.read(_CHUNK):
            yield chunk
