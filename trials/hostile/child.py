"""python -m trials.hostile.child FILE MEGABYTES: read a file as the product does; tell what it takes."""

import json
import re
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.proposal import propose
from ingestion.csv_file.records import open_contacts
from ingestion.csv_file.source import examine
from ingestion.errors import UnreadableFile
from ingestion.rules.validation import ContactColumns, RowCheck
from ingestion.settings import MEGABYTE

_PASSED_THE_DASHBOARD = 64 * MEGABYTE


@dataclass(frozen=True)
class Outcome:
    """What became of a file."""

    said: str
    """By whom it was refused and why, or how many rows it has."""
    seconds: float
    peak_mb: int
    """Of the process, what it takes to start included."""


def main() -> None:
    """Print the outcome as JSON."""
    path, limit = Path(sys.argv[1]), int(sys.argv[2]) * MEGABYTE
    begun = time.monotonic()
    said = _said(path, limit)
    print(json.dumps(asdict(Outcome(said, round(time.monotonic() - begun, 1), _peak_mb()))))


def _peak_mb() -> int:
    # What getrusage tells was handed down by the process that started this one.
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found[1]) // 1024 if found else 0


def _said(path: Path, limit: int) -> str:
    is_whole = path.stat().st_size <= _PASSED_THE_DASHBOARD
    with path.open("rb") as file:
        head = file.read(-1 if is_whole else 8 * MEGABYTE)
    try:
        source = examine(head, is_complete=is_whole, max_bytes=limit)
        proposal = propose(source)
    except UnreadableFile as error:
        return f"refused at once: {error}"
    options = ParseOptions(ContactColumns(0), sheet=proposal.sheet, header_row=proposal.header_row)
    if proposal.mapping.email is not None:
        options = proposal.options()
    del head, source, proposal
    try:
        return _read(path, options, limit)
    except UnreadableFile as error:
        return f"refused by the worker: {error}"


def _read(path: Path, options: ParseOptions, limit: int) -> str:
    rows = flawed = 0
    with open_contacts(path, options, max_bytes=limit) as file:
        check = RowCheck(file.contact_columns)
        for table in file.tables:
            rows += len(table.json)
            flawed += sum(
                not check(table.cells(at), table.flaws.get(number)).is_valid
                for at, number in enumerate(table.numbers)
                if at in table.odd or len(table.json) < 1000
            )
    return f"read: {rows:,} rows, {flawed:,} of them looked at and found wrong"


if __name__ == "__main__":
    main()
