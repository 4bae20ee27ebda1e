"""Tables as files in the formats that people ask for, written in memory that does not grow with them."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from typing import IO

from ingestion.errors import Conflict
from ingestion.rules.formulas import is_dangerous

Row = Sequence[str | None]

_ROWS_AT_ONCE = 20_000

# Excel specifications and limits: a sheet's rows, and a cell's characters.
_MOST_SHEET_ROWS = 1_048_576
_LONGEST_SHEET_CELL = 32_767


class Format(StrEnum):
    """A kind of file, by its suffix."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


MEDIA_TYPE: dict[Format, str] = {
    Format.CSV: "text/csv",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PARQUET: "application/vnd.apache.parquet",
}
"""https://www.iana.org/assignments/media-types/"""


def check_fits_sheet(row_count: int) -> None:
    """Raises Conflict where a worksheet cannot hold so many rows below a header."""
    if row_count >= _MOST_SHEET_ROWS:
        raise Conflict(
            f"A worksheet holds {_MOST_SHEET_ROWS - 1:,} rows below its header; these are {row_count:,}. "
            "Download CSV or Parquet."
        )


def write_xlsx(columns: Sequence[str], rows: Iterable[Row], file: IO[bytes]) -> None:
    """Write one worksheet, every cell as text, also once somebody edits it.

    Raises Conflict for a cell that is too long for one.
    """
    import xlsxwriter  # workers write none, and start without it

    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Contacts")
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        # Else Excel takes a text for a formula as soon as somebody has edited it, or only looked into it.
        as_text = book.add_format({"quote_prefix": True})
        for at, name in enumerate(columns):
            sheet.write_string(0, at, _fitting(name), bold)
        for number, row in enumerate(rows, start=1):
            for at, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, at, _fitting(cell), as_text if is_dangerous(cell) else None)


def write_parquet(columns: Sequence[str], rows: Iterable[Row], file: IO[bytes]) -> None:
    """Write one Parquet table of text columns; a blank is null."""
    import pyarrow as pa  # workers write none, and start without it
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.string()) for name in columns])
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for some in _batches(rows):
            arrays = [pa.array(cells, pa.string()) for cells in zip(*some, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while some := list(islice(remaining, _ROWS_AT_ONCE)):
        yield some


def _fitting(cell: str) -> str:
    if len(cell) > _LONGEST_SHEET_CELL:
        raise Conflict(
            f"A cell of a worksheet holds {_LONGEST_SHEET_CELL:,} characters; one of these has "
            f"{len(cell):,}. Download CSV or Parquet."
        )
    return cell
