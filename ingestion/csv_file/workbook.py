"""The sheets of an Excel workbook (.xlsx) as records of text."""

import datetime as dt
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from ingestion.errors import UnreadableFile
from ingestion.settings import MEGABYTE

MAX_UNPACKED_BYTES = 1000 * MEGABYTE
"""A workbook is a ZIP archive of XML, usually five to ten times as large, and cannot be streamed."""

_DAMAGED = (
    "The workbook is damaged, or protected by a password. Open it in Excel, save it as a new file or as "
    "“CSV UTF-8 (comma delimited)”, and upload that."
)

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def sheet_names(content: bytes | Path) -> list[str]:
    """The names of its visible sheets of cells, in their order. Raises UnreadableFile."""
    return [
        sheet.name
        for sheet in _opened(content).sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]


def rows(content: bytes | Path, sheet: str) -> Iterator[list[str]]:
    """The rows of a sheet, empty ones too, from its first used column. Raises UnreadableFile."""
    try:
        for row in _opened(content).get_sheet_by_name(sheet).iter_rows():
            yield [text_of(cell) for cell in row]
    except CalamineError:
        raise UnreadableFile(_DAMAGED) from None


def text_of(cell: Cell) -> str:
    """A cell as people would type it: whole numbers without a fraction, dates by ISO 8601."""
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
    return str(cell)


def _opened(content: bytes | Path) -> CalamineWorkbook:
    source = BytesIO(content) if isinstance(content, bytes) else content
    try:
        with zipfile.ZipFile(source) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise UnreadableFile(
                    "The workbook is too large to be read in one piece. Save the sheet with the contacts as "
                    "“CSV UTF-8 (comma delimited)” and upload that."
                )
        if isinstance(content, bytes):
            return CalamineWorkbook.from_filelike(BytesIO(content))
        return CalamineWorkbook.from_path(str(content))
    except (zipfile.BadZipFile, CalamineError):
        raise UnreadableFile(_DAMAGED) from None
