"""How large the parts of a contact list may be, and what is said of one that is larger."""

from collections.abc import Sequence

from ingestion.errors import UnreadableFile
from ingestion.settings import MEGABYTE

MAX_COLUMNS = 1000
"""Of a header, and cells of any row."""
LONGEST_NAME = 2000
"""Characters of a column's name. Survey programs put whole questions there."""
LARGEST_CELL = MEGABYTE
"""Characters. A larger cell is a quote that never closed, or no contact's."""
LONGEST_LINE = 16 * MEGABYTE
"""Characters, of UTF-8 bytes: what is read in one piece."""
LARGEST_RECORD = LONGEST_LINE + MEGABYTE
"""As much of a record in several lines. More than a block that is read at once can hold."""


def check_header(row: int, cells: Sequence[str]) -> None:
    """Raise UnreadableFile unless the record of this number may name the columns of a list."""
    check_columns(row, len(cells))
    for at, name in enumerate(cells, start=1):
        if len(name) > LONGEST_NAME:
            raise UnreadableFile(
                f"The name of column {at:,}, in row {row:,}, has {len(name):,} characters; at most "
                f"{LONGEST_NAME:,} are taken. Give the column a shorter name and upload the file again."
            )


def check_columns(row: int, count: int) -> None:
    """Raise UnreadableFile unless the record of this number may have so many cells."""
    if count > MAX_COLUMNS:
        raise UnreadableFile(
            f"Row {row:,} has {count:,} columns; at most {MAX_COLUMNS:,} are taken. Delete the "
            "columns that are not needed, also empty ones to the right, and upload the file again."
        )


def check_sheet_row(row: int, cells: Sequence[str]) -> None:
    """Raise UnreadableFile unless the cells of a worksheet's row may be so large."""
    longest = max(map(len, cells), default=0)
    if longest > LARGEST_CELL:
        raise UnreadableFile(
            f"Row {row:,} holds a cell of {longest:,} characters; at most {LARGEST_CELL:,} are taken. "
            "Shorten it and upload the file again."
        )


def too_large_cell(line: int) -> UnreadableFile:
    """What is said of a cell that is too large, in the line of this number."""
    return UnreadableFile(
        f"Line {line:,} holds a cell of more than {LARGEST_CELL:,} characters, which is the most that is "
        "taken. Most likely this is no contact list, or its line ends are lost. Shorten the cell or export "
        "the list again, and upload the new file."
    )


def too_long_line(length: int) -> UnreadableFile:
    """What is said of a line that is too long, of which so many characters were read."""
    return UnreadableFile(
        f"The file holds a line of more than {length // MEGABYTE:,} MB, which is the most that is taken. "
        "Most likely this is no contact list, or its line ends are lost. Export it again and upload the new "
        "file."
    )
