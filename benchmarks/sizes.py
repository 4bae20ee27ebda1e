"""How much room an upload takes in the database: `.venv/bin/python -m benchmarks.sizes [--rows 100000]`.

Starts a Postgres and an S3 of its own, has a generated list processed, all its issues answered and its
contacts made, and prints the bytes of each table, heap and indexes apart, and how much write-ahead log each
step wrote.
"""

import argparse
import logging
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text

from benchmarks.database import settle
from benchmarks.files import sample_of
from benchmarks.stack import Stack, running
from db.engine import make_sessions
from db.models import Base
from ingestion import bulk, finalization, processing
from ingestion.bulk import Request
from ingestion.rules.bulk import BulkAnswer
from ingestion.storage import make_bucket

_ANSWERS = (BulkAnswer.KEEP_MOST_COMPLETE, BulkAnswer.ACCEPT, BulkAnswer.SKIP)
"""Together they settle every kind of issue."""
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Table:
    """What a table holds, and the bytes that it takes on disk."""

    name: str
    rows: int
    heap: int
    """With what is kept out of line."""
    indexes: int

    @property
    def total(self) -> int:
        """As `pg_total_relation_size` has it."""
        return self.heap + self.indexes


def main(arguments: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args(arguments).rows
    logging.disable(logging.INFO)  # every migration
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as scratch, running(Path(scratch)) as stack:
        sample = sample_of(Path(scratch), rows)
        size = sample.path.stat().st_size
        print(f"{sample.rows:,} rows, {size / _MEGABYTE:.1f} MB, {size / sample.rows:.0f} bytes a row")
        for name, step in _steps(stack, stack.submit(sample.path)):
            written = wal_of(stack.engine, step)
            a_row = written / sample.rows
            print(f"{name:10} wrote {written / _MEGABYTE:6.1f} MB of log, {a_row:5.0f} bytes a row")
        settle(stack.engine)
        print(_lines(sizes(stack.engine), sample.rows))
    return 0


def _steps(stack: Stack, job_id: int) -> list[tuple[str, Callable[[], None]]]:
    sessions = make_sessions(stack.engine)

    def review() -> None:
        for answer in _ANSWERS:
            bulk.carry_out(sessions, stack.user_id, job_id, Request(answer))

    def finalize() -> None:
        finalization.request(sessions, lambda _job_id: None, user_id=stack.user_id, job_id=job_id)
        finalization.finalize(sessions, job_id)

    return [
        ("processing", lambda: processing.process(sessions, make_bucket(stack.settings), job_id)),
        ("review", review),
        ("contacts", finalize),
    ]


def wal_of(engine: Engine, work: Callable[[], object]) -> int:
    """How many bytes of write-ahead log are written while the work is done, by anybody.

    After a checkpoint the first change of each page logs all of it, so this begins with one.
    """
    settle(engine)
    before = _log_position(engine)
    work()
    return _log_position(engine) - before


def sizes(engine: Engine) -> list[Table]:
    """Every table that holds something, the largest first."""
    with engine.connect() as connection:
        found = [
            Table(
                name,
                *connection.execute(
                    text(f"""
                    SELECT (SELECT count(*) FROM {name}), pg_table_size('{name}'), pg_indexes_size('{name}')
                    """)  # noqa: S608  (names)
                ).one(),
            )
            for name in Base.metadata.tables
        ]
    return sorted((table for table in found if table.rows), key=lambda table: -table.total)


def _log_position(engine: Engine) -> int:
    with engine.connect() as connection:
        position = connection.execute(
            text("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")
        ).scalar_one()
        return int(position)


def _lines(tables: list[Table], rows: int) -> str:
    lines = [f"{'table':20}{'rows':>10}{'heap MB':>10}{'index MB':>10}{'bytes a row of the list':>25}"]
    lines += [
        f"{table.name:20}{table.rows:10,}{table.heap / _MEGABYTE:10.1f}{table.indexes / _MEGABYTE:10.1f}"
        f"{table.total / rows:25.1f}"
        for table in tables
    ]
    return "\n".join([*lines, f"{'all':50}{sum(table.total for table in tables) / rows:25.1f}"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
