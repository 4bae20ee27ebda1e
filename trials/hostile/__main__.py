"""python -m trials.hostile --report FILE [--only files|cells|million]: hostile files, hostile cells."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ingestion.settings import MEGABYTE
from trials.hostile import bombs, journey
from trials.hostile.bombs import Write
from trials.hostile.naughty import OutOfReach, naughty_strings

_MOST_MB = 500
"""The limit on uploads, as it is by default."""
_PATIENCE = 600


def main() -> None:
    """Try everything, and write down what was seen."""
    parts: dict[str, Callable[[], Iterator[str]]] = {"files": _files, "cells": _cells, "million": _million}
    parser = argparse.ArgumentParser(prog="trials.hostile", description=__doc__)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--only", choices=parts)
    arguments = parser.parse_args()
    with arguments.report.open("w", encoding="utf-8") as report:
        for name, part in parts.items():
            if arguments.only in (None, name):
                for line in part():
                    print(line, flush=True)
                    print(line, file=report, flush=True)


def _files() -> Iterator[str]:
    yield "## Hostile files\n"
    yield "| file | MB | seconds | peak MB | what came of it |"
    yield "|---|---|---|---|---|"
    for name, (extension, write) in {**bombs.TEXTS, **bombs.ARCHIVES, **bombs.WORKBOOKS}.items():
        yield _tried(name, extension, write)
    yield ""


def _tried(name: str, extension: str, write: Write) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file{extension}"
        write(path)
        size = path.stat().st_size / MEGABYTE
        command = [sys.executable, "-m", "trials.hostile.child", str(path), str(_MOST_MB)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=True)
        except subprocess.TimeoutExpired:
            return f"| {name} | {size:.1f} | more than {_PATIENCE} | | not done |"
        except subprocess.CalledProcessError as error:
            last = error.stderr.strip().splitlines()[-1:]
            return f"| {name} | {size:.1f} | | | ended with {error.returncode}: {' '.join(last)} |"
    found = json.loads(done.stdout)
    return f"| {name} | {size:.1f} | {found['seconds']} | {found['peak_mb']:,} | {found['said']} |"


def _cells() -> Iterator[str]:
    yield "## Hostile cells\n"
    try:
        naughty = naughty_strings()
    except OutOfReach as error:
        yield f"- without the big list of naughty strings: {error}"
        naughty = []
    yield from (f"- {sentence}" for sentence in journey.cells_through_the_product(naughty))
    yield ""


def _million() -> Iterator[str]:
    yield "## A cell of a million characters\n"
    yield from (f"- {sentence}" for sentence in journey.a_million_characters())
    yield ""


if __name__ == "__main__":
    main()
