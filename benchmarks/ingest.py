"""From a file to rows, issues and groups in Postgres, by ours and by other ways, side by side.

`.venv/bin/python -m benchmarks.ingest [--sizes 5,50,500] [--runs 3] [--finalize]` starts a Postgres and an
S3 of its own, lets the ways take turns, each in a fresh process, and prints what each cost. The other ways
read the file from disk; ours fetches it from S3 and is timed from the job PENDING to its end committed.
"""

import argparse
import logging
import sys
import tempfile
from pathlib import Path

from benchmarks import report, rounds
from benchmarks.stack import running
from benchmarks.ways import FLOOR, OURS, WAYS, Way

_CONTACTS = 1_140_000
"""Rows of which a million contacts come."""


def main(arguments: list[str]) -> int:
    """Measure, print the tables, keep the figures, draw the picture; 1 when a way yielded something wrong."""
    options = _options(arguments)
    logging.disable(logging.INFO)  # every request and migration
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as scratch:
        folder: Path = options.out or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        with running(Path(scratch)) as stack:
            print(f"{options.runs} runs of every way; S3 is played by {stack.store}.", flush=True)
            results = rounds.ingest(
                stack, folder, options.sizes, options.only, options.runs, options.max_minutes * 60
            )
            if options.finalize:
                results += rounds.afterwards(stack, folder, options.finalize_rows, options.runs)
        print(report.tables(results))
        report.keep(results, folder / "results.json")
        if options.picture:
            from benchmarks import plot  # matplotlib is a requirement of the benchmark alone

            plot.draw([result for result in results if result.way in WAYS], options.picture)
    return 1 if any(result.blank.startswith(rounds.WRONG) for result in results) else 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=_sizes, default=[5.0, 50.0, 500.0], help="in MB, e.g. 5,50,500")
    parser.add_argument("--runs", type=int, default=3, help="of every way with every size")
    names = ", ".join(way.name for way in WAYS)
    parser.add_argument("--only", type=_ways, default=list(WAYS), help=f"some of: {names}")
    parser.add_argument("--max-minutes", type=float, default=4.0, help="slower ways are left blank")
    parser.add_argument("--finalize", action="store_true", help="also finalize and export a million contacts")
    parser.add_argument("--finalize-rows", type=int, default=_CONTACTS, help="of the file finalized")
    parser.add_argument("--out", type=Path, help="folder that keeps the files made and the figures")
    parser.add_argument("--picture", type=Path, help="draws the times there: docs/pictures/benchmarks.svg")
    return parser.parse_args(arguments)


def _sizes(text: str) -> list[float]:
    return sorted(float(size) for size in text.split(","))


def _ways(text: str) -> list[Way]:
    """The named ways in their usual order; the floor and ours are always there, to compare with."""
    names = {*text.split(","), FLOOR.name, OURS.name}
    if unknown := names - {way.name for way in WAYS}:
        raise argparse.ArgumentTypeError(f"there is no way named {', '.join(sorted(unknown))}")
    return [way for way in WAYS if way.name in names]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
