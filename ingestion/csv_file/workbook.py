"""The sheets of an Excel workbook (.xlsx) as records of text."""

import copy
import datetime as dt
import re
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from ingestion.errors import UnreadableFile
from ingestion.settings import MEGABYTE

MAX_UNPACKED_BYTES = 1000 * MEGABYTE
"""A workbook is a ZIP archive of XML, usually five to ten times as large, and cannot be streamed."""
MAX_CELLS = 20_000_000
"""What is read of a sheet has a place for every cell from its first row and column to its last."""

_CHUNK = 1024 * 1024
_ATTRIBUTES = rb"""(?:\s+[^\s=<>]+\s*=\s*(?:"[^"]*"|'[^']*'))*"""
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d+)["']""")
# An empty element is a cell with a style and no value, of which nothing is read.
_FILLED = re.compile(_REFERENCE.pattern + rb"(?!" + _ATTRIBUTES + rb"\s*/>)")
_UNPLACED = rb"(?:\s+(?!r\s*=)[^\s=<>]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>"
_UNPLACED_CELL = re.compile(rb"<(?:\w+:)?c" + _UNPLACED)
_UNPLACED_ROW = re.compile(rb"<(?:\w+:)?row" + _UNPLACED)
_ROW = re.compile(rb"<(?:\w+:)?row\b")

_TOO_LARGE = (
    "The workbook is too large to be read in one piece. Save the sheet with the contacts as "
    "“CSV UTF-8 (comma delimited)” and upload that."
)
_STRAY = (
    "The sheet has cells far below or to the right of its table. Delete them, or save the table as "
    "“CSV UTF-8 (comma delimited)” and upload that."
)
_DAMAGED = (
    "The workbook is damaged, or protected by a password. Open it in Excel, save it as a new file or as "
    "“CSV UTF-8 (comma delimited)”, and upload that."
)

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def sheet_names(content: bytes | Path) -> list[str]:
    """The names of its visible sheets of cells, in their order. Raises UnreadableFile."""
    return visible_sheets(opened(content))


def rows(content: bytes | Path, sheet: str) -> Iterator[list[str]]:
    """The rows of a sheet, empty ones too, from its first used column. Raises UnreadableFile."""
    yield from rows_of(opened(content), sheet)


def visible_sheets(book: CalamineWorkbook) -> list[str]:
    """The names of its visible sheets of cells, in their order."""
    return [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]


def rows_of(book: CalamineWorkbook, sheet: str) -> Iterator[list[str]]:
    """The rows of a sheet, empty ones too, from its first used column. Raises UnreadableFile.

    A cell with an error (#N/A, #DIV/0!) is blank: calamine does not tell it from one.
    """
    try:
        for row in book.get_sheet_by_name(sheet).iter_rows():
            yield [text_of(cell) for cell in row]
    except CalamineError:
        raise UnreadableFile(_DAMAGED) from None


def text_of(cell: Cell) -> str:
    """A cell as people would type it: whole numbers without a fraction, dates by ISO 8601, spans in hours."""
    match cell:
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer():
            return str(int(cell))
        case dt.datetime() if cell.time() == dt.time():
            return cell.date().isoformat()
        case dt.datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case dt.date() | dt.time():
            return cell.isoformat()
        case dt.timedelta():
            return _in_hours(cell)
    return str(cell)


def _in_hours(duration: dt.timedelta) -> str:
    minutes, seconds = divmod(round(abs(duration.total_seconds())), 60)
    sign = "-" if duration < dt.timedelta() else ""
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def opened(content: bytes | Path) -> CalamineWorkbook:
    """The workbook, to be read more than once. Raises UnreadableFile, also where it would take the memory."""
    try:
        with zipfile.ZipFile(BytesIO(content) if isinstance(content, bytes) else content) as archive:
            _refuse_large(archive)
        if isinstance(content, bytes):
            return CalamineWorkbook.from_filelike(BytesIO(content))
        return CalamineWorkbook.from_path(str(content))
    # What zipfile raises for an entry that is encrypted, cut short or packed in another way.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, CalamineError):
        raise UnreadableFile(_DAMAGED) from None


def _refuse_large(archive: zipfile.ZipFile) -> None:
    """calamine allocates what a sheet asks for, and a process that gets no memory in Rust ends at once.

    All entries are looked at: which of them is a sheet is for calamine to say.
    """
    left = MAX_UNPACKED_BYTES
    for entry in archive.infolist():
        used = _Extent(archive, entry, left)
        if used.has_unplaced_cells:
            used = _Extent(archive, entry, left, is_placed=False)
        if used.rows * used.columns > MAX_CELLS:
            raise UnreadableFile(_STRAY)
        left -= used.size


class _Extent:
    """How far to the right and down an entry of a workbook has cells with values, at most."""

    def __init__(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int, *, is_placed: bool = True
    ) -> None:
        self.size = self.rows = self.columns = 0
        self.has_unplaced_cells = False
        self._in_row = self._most_in_row = self._rows_unplaced = 0
        for text in self._whole_tags(_unpacked(archive, entry), most):
            self._look(_FILLED if is_placed else _REFERENCE, text)
            if is_placed:
                self.has_unplaced_cells = self.has_unplaced_cells or bool(_UNPLACED_CELL.search(text))
            else:
                self._count(text)
        if not is_placed:
            self.rows += self._rows_unplaced
            self.columns += self._most_in_row

    def _look(self, pattern: re.Pattern[bytes], text: bytes) -> None:
        found = pattern.findall(text)
        self.rows = max(self.rows, max((int(digits[:11]) for digits in {it[1] for it in found}), default=0))
        self.columns = max(self.columns, max((_column(it) for it in {it[0] for it in found}), default=0))

    def _count(self, text: bytes) -> None:
        """The cells and rows without a reference stand right of, and below, the one before them."""
        self._rows_unplaced += len(_UNPLACED_ROW.findall(text))
        for at, row in enumerate(_ROW.split(text)):
            self._in_row = len(_UNPLACED_CELL.findall(row)) + (self._in_row if at == 0 else 0)
            self._most_in_row = max(self._most_in_row, self._in_row)

    def _whole_tags(self, chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
        rest = b""
        for chunk in chunks:
            self.size += len(chunk)
            if self.size > most:
                raise UnreadableFile(_TOO_LARGE)
            rest += chunk
            end = rest.rfind(b"<")
            if end >= 0:
                yield rest[:end]
                rest = rest[end:]
            if len(rest) > _CHUNK:  # no tag of a sheet
                yield rest
                rest = b""
        yield rest


def _column(letters: bytes) -> int:
    """The number of a column from its letters: 1 for A, 16,384 for XFD."""
    number = 0
    for letter in letters[:8].upper():
        number = 26 * number + letter - 64
    return number


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry in chunks, as far as it really goes: zipfile alone ends at the size that is declared."""
    whole = copy.copy(entry)
    whole.file_size = sys.maxsize
    with archive.open(whole) as file:
        while chunk := file.read(_CHUNK):
            yield chunk
