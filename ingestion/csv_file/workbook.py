"""The sheets of an Excel workbook (.xlsx) as records of text."""

import datetime as dt
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from ingestion.csv_file import workbook_size
from ingestion.csv_file.workbook_size import MAX_UNPACKED_BYTES
from ingestion.errors import UnreadableFile

_DAMAGED = (
    "The workbook is damaged, or protected by a password. Open it in Excel, save it as a new file or as "
    "“CSV UTF-8 (comma delimited)”, and upload that."
)

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def rows(content: bytes | Path, sheet: str, max_bytes: int = MAX_UNPACKED_BYTES) -> Iterator[list[str]]:
    """The rows of a sheet, empty ones too, from its first used column. Raises UnreadableFile."""
    yield from rows_of(opened(content, max_bytes), sheet)


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


def opened(content: bytes | Path, max_bytes: int = MAX_UNPACKED_BYTES) -> CalamineWorkbook:
    """The workbook, to be read more than once; `max_bytes` is the most that it may hold.

    Raises UnreadableFile, also where it would take the memory.
    """
    try:
        with _file(content) as file:
            workbook_size.refuse_large(file, max_bytes)
        if isinstance(content, bytes):
            return CalamineWorkbook.from_filelike(BytesIO(content))
        return CalamineWorkbook.from_path(str(content))
    # What zipfile raises for an entry that is encrypted, cut short or packed in another way.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, CalamineError):
        raise UnreadableFile(_DAMAGED) from None


def _file(content: bytes | Path) -> IO[bytes]:
    return BytesIO(content) if isinstance(content, bytes) else content.open("rb")
