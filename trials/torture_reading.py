"""The only calls into the product: a file read as far as it goes without its columns being understood.

These files are no contact lists, so what the product would ask about the columns is told beside, and what it
would refuse as a list (no rows below a header) is read all the same.
"""

import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ingestion.csv_file.options import Dialect, ParseOptions
from ingestion.csv_file.proposal import Proposal, propose
from ingestion.csv_file.quoting import Batch, Records
from ingestion.csv_file.records import sheet_records
from ingestion.csv_file.source import Source, examine
from ingestion.csv_file.tables import Table
from ingestion.csv_file.text import opened, plain_text
from ingestion.errors import UnreadableFile
from ingestion.rules.validation import ContactColumns

_MAX_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Reading:
    """What the reader did with a file: `read`, `refused` or `crashed`."""

    did: str
    detail: str
    records: list[list[str]] | None = None
    """All of them, also blank ones and what stands above a header; None where nothing was read."""
    header_row: int = 0
    """Where the header was found, counted from 1; 0: none."""
    others: tuple[list[list[str]], ...] = ()
    """The records in the other encodings among the answers, where the encoding is asked."""


def read(file: Path) -> Reading:
    """Read a file as an upload would be."""
    try:
        others: tuple[list[list[str]], ...] = ()
        source = examine(file.read_bytes(), is_complete=True, max_bytes=_MAX_BYTES)
        proposal, remark = _judged(source)
        if source.encoding is None:
            sheet = proposal.sheet if proposal and proposal.sheet else source.sheets[0]
            found = f"sheet {sheet}"
            records, flawed = _collected(sheet_records(file, sheet))
        else:
            names = [reading.encoding for reading in source.readings]
            found, records, flawed = _read_all(file, source, names[0])
            others = tuple(_read_all(file, source, name)[1] for name in names[1:])
    except UnreadableFile as error:
        return Reading("refused", str(error))
    except Exception as error:  # noqa: BLE001  (a crash is a finding of the trial)
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        return Reading("crashed", f"{type(error).__name__} at {where}: {error}")
    width = max(map(len, records), default=0)
    detail = "; ".join(
        filter(
            None, [f"{len(records):,} x {width}", found, f"{flawed} with a flaw" if flawed else "", remark]
        )
    )
    return Reading("read", detail, records, proposal.header_row if proposal else 0, others)


def _judged(source: Source) -> tuple[Proposal | None, str]:
    """What the product would propose, and what the operator would be asked or told."""
    try:
        proposal = propose(source)
    except UnreadableFile as error:
        return None, f"refused as a list: {error}"
    asked = [
        *([f"encoding ({_answers(source)})"] if proposal.asks_encoding else []),
        *(["header"] if proposal.asks_header else []),
        *sorted(str(doubt) for doubt in proposal.mapping.doubts),
    ]
    above = f"header in record {proposal.header_row}" if proposal.header_row > 1 else ""
    return proposal, "; ".join(filter(None, [above, f"asked: {', '.join(asked)}" if asked else ""]))


def _answers(source: Source) -> str:
    return ", ".join(reading.encoding for reading in source.readings)


def _read_all(file: Path, source: Source, encoding: str) -> tuple[str, list[list[str]], int]:
    """How a text is written, its records, and how many of them have something wrong with their quotes."""
    dialect, _ = source.sample(encoding=encoding)
    options = ParseOptions(ContactColumns(0), encoding, dialect, is_compressed=source.is_compressed)
    with plain_text(file, options, _MAX_BYTES) as text, opened(text, encoding) as lines:
        records, flawed = _collected(Records(lines, lambda: opened(text, encoding), dialect))
    return f"{encoding} {_in_words(dialect)}", records, flawed


def _collected(batches: Iterable[Batch | Table]) -> tuple[list[list[str]], int]:
    records: list[list[str]] = []
    flawed = 0
    for batch in batches:
        records += batch.rows
        flawed += len(batch.flaws)
    return records, flawed


def _in_words(dialect: Dialect) -> str:
    usual = Dialect(dialect.delimiter)
    parts = [repr(dialect.delimiter)]
    if dialect.quote != usual.quote:
        parts.append(f"quote {dialect.quote}")
    if dialect.escape != usual.escape:
        parts.append(f"escape {dialect.escape}")
    if dialect.skips_space != usual.skips_space:
        parts.append("blanks skipped")
    return " ".join(parts)
