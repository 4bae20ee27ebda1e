"""The files that the ways are tried with: made once for each size, kept with the truth about them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests import contacts
from tests.contacts import Truth, write_contacts

_BYTES_PER_ROW = 121.5
"""Of the generator's rows, on average."""


@dataclass(frozen=True)
class Sample:
    """A file and what is in it."""

    path: Path
    rows: int
    valid_rows: int
    distinct_emails: int
    issues: Mapping[str, int]

    @property
    def lines(self) -> Path:
        """Where its rows lie as `raw_rows` has them, for COPY."""
        return self.path.with_suffix(".copy")


def rows_in(megabytes: float) -> int:
    """How many of the generator's rows make a file of that size (1 MB = 1,000,000 bytes)."""
    return round(megabytes * 1e6 / _BYTES_PER_ROW)


def sample_of(folder: Path, rows: int) -> Sample:
    """A file of so many rows from the first seed: the one that lies in `folder`, or a new one."""
    # Another generator writes other rows: what it is becomes part of the name.
    generator = hashlib.sha256(Path(contacts.__file__).read_bytes()).hexdigest()[:8]
    path = folder / f"contacts-{rows}-{generator}.csv"
    beside = path.with_suffix(".json")
    if not beside.exists():
        beside.write_text(json.dumps(_values(write_contacts(path, rows=rows))), encoding="utf-8")
    return Sample(path, **json.loads(beside.read_text(encoding="utf-8")))


def _values(truth: Truth) -> dict[str, object]:
    return {
        "rows": truth.rows,
        "valid_rows": truth.valid_rows,
        "distinct_emails": truth.distinct_emails,
        "issues": {type_.value: count for type_, count in truth.issues.items()},
    }
