"""From the click on *Upload* to NEEDS_REVIEW, stage by stage: `.venv/bin/python -m benchmarks.stages`.

Starts the product as `python3 run.py` does, in a copy, uploads a generated file in a real browser, and reads
the stages off the job's row. The browser's clock and the database's are the same machine's.
"""

import argparse
import datetime as dt
import itertools
import json
import signal
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from playwright.sync_api import Page

from tests.browser import launched
from tests.contacts import Truth, write_contacts
from tests.launcher import Launcher, copy_of_project
from tests.visiting import register

STAGES = ("click to row", "to PENDING", "to PROCESSING", "to NEEDS_REVIEW", "click to NEEDS_REVIEW")


@dataclass(frozen=True)
class Product:
    """A running product."""

    address: str
    database_url: str


def main(arguments: list[str]) -> int:
    """Measure, print one line for each run and the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("file", nargs="?", type=Path, help="a CSV file; without it one is generated")
    parser.add_argument("--rows", type=int, default=41_000, help="of the generated file (default 5 MB)")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, copy_of_project(Path(folder)) as project:
        file, truth = _file(options.file, options.rows, Path(folder))
        launcher = Launcher(project)
        try:
            measured = _measure(_product(launcher, project), file, options.runs, truth)
        finally:
            launcher.end(signal.SIGINT)
        size = file.stat().st_size
    print(f"{size / 1e6:.1f} MB, {options.runs} runs, seconds")
    for stage, values in zip(STAGES, zip(*measured, strict=True), strict=True):
        runs = " ".join(f"{value:6.3f}" for value in values)
        print(f"{stage:24}{runs}   median {statistics.median(values):6.3f}")
    return 0


def _file(given: Path | None, rows: int, folder: Path) -> tuple[Path, Truth | None]:
    if given is not None:
        return given, None
    return folder / "contacts.csv", write_contacts(folder / "contacts.csv", rows=rows)


def _product(launcher: Launcher, project: Path) -> Product:
    database = launcher.wait_for(r"Database +[\d.]+ s +(127\.0\.0\.1:\d+)")
    address = launcher.address()
    password = (project / ".local" / "postgres" / "password").read_text()
    return Product(address, f"postgresql://ingestion:{password}@{database}/ingestion_db")


def _measure(product: Product, file: Path, runs: int, truth: Truth | None) -> list[list[float]]:
    with launched() as browser:
        page = browser.new_context(base_url=product.address).new_page()
        register(page, "bench@example.com")
        return [_upload(page, product, file, truth) for _ in range(runs)]


def _upload(page: Page, product: Product, file: Path, truth: Truth | None) -> list[float]:
    page.goto("/")
    page.locator("input[type=file]").set_input_files([file])
    again = page.get_by_text("again", exact=False)
    page.get_by_role("button", name="Upload").nth(1).wait_for()
    page.wait_for_timeout(1500)
    if again.count():
        again.first.click()
        page.wait_for_timeout(1500)
    page.evaluate("document.addEventListener('click', () => { window.clicked = Date.now(); }, true)")
    page.get_by_role("button", name="Upload 1 file").click()
    clicked = dt.datetime.fromtimestamp(page.evaluate("window.clicked") / 1000, dt.UTC)
    return _stages(product, clicked, truth, page)


def _stages(product: Product, clicked: dt.datetime, truth: Truth | None, page: Page) -> list[float]:
    with psycopg2.connect(product.database_url) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        while True:
            cursor.execute(
                "SELECT id, created_at, enqueued_at, started_at, processed_at FROM jobs"
                " WHERE created_at > %s AND processed_at IS NOT NULL",
                [clicked],
            )
            if found := cursor.fetchone():
                break
            page.wait_for_timeout(50)
        cursor.execute("SELECT type, count(*) FROM issues WHERE job_id = %s GROUP BY type", found[:1])
        counted = dict(cursor.fetchall())
    if truth is not None:
        assert counted == {str(kind): count for kind, count in truth.issues.items() if count}, counted
    else:
        print(json.dumps(counted, sort_keys=True))
    times = [clicked, *found[1:]]
    stages = [(after - before).total_seconds() for before, after in itertools.pairwise(times)]
    return [*stages, (times[-1] - clicked).total_seconds()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
