"""The ways of getting a contact list into the database that are compared, one module each.

A module has `prepared(task)`, which imports, connects and gives back what is then measured. None of them is
imported before its turn, and each in a process of its own, so that its memory is its own.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import cast

from ingestion.settings import Settings


@dataclass(frozen=True)
class Task:
    """What a way is given to do."""

    settings: Settings
    file: Path
    lines: Path
    """The file's rows as `raw_rows` has them, ready for COPY."""
    job_id: int
    user_id: int


@dataclass(frozen=True)
class Way:
    """One way. `name` is its module's."""

    name: str
    label: str
    does: str
    """How far it goes."""
    largest_mb: float = inf
    """The largest file it is tried with."""
    is_complete: bool = True
    """Whether it yields every row, issue and group; else the raw rows only."""
    schema: str = "public"
    """Where its tables are."""


_EVERYTHING = "rows, checks, issues, duplicates"

FLOOR = Way("floor", "COPY of ready-made rows (floor)", "raw rows, made beforehand", is_complete=False)
OURS = Way("ours", "this product", f"fetch from S3, detect, {_EVERYTHING}")
WAYS = (
    FLOOR,
    OURS,
    Way("values_lists", "execute_values, 1,000 a page", _EVERYTHING),
    Way("orm", "SQLAlchemy, session.add a row", _EVERYTHING, largest_mb=50),
    Way("customer", "worker as first described", f"{_EVERYTHING}; row by row", 5, schema="customer"),
    Way("pandas_to_sql", "pandas read_csv, to_sql(multi)", "raw rows, unchecked", 50, is_complete=False),
    Way("pandera_to_sql", "pandera, pandas to_sql(multi)", "raw rows, checked", 50, is_complete=False),
)
"""In the order in which they take turns."""

FINALIZE = Way("finalize", "finalize", "final contacts, balance, hash of the export")
EXPORT = Way("export", "export", "contacts as CSV, cells protected, read to the end")
EXPORT_EXACT = Way("export_exact", "export, exact cells", "contacts as CSV, read to the end")
AFTERWARDS = (FINALIZE, EXPORT, EXPORT_EXACT)


def prepared(name: str, task: Task) -> Callable[[], None]:
    """A way, ready to be measured: everything it needs is imported and connected."""
    module = importlib.import_module(f"{__name__}.{name}")
    return cast(Callable[[], None], module.prepared(task))
