"""What people wait for at a review of many duplicate groups: `.venv/bin/python -m benchmarks.review`.

`[--groups 100000] [--columns 5] [--answer keep_most_complete]` starts a Postgres and an S3 of its own, has a
list with so many groups processed, shows what one answer to all of them would do, gives it, undoes it, looks
at open issues, and then settles some singly on the review page. It prints what each took, and whether
everything derived is as before: 1 when not.
"""

import argparse
import csv
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.database import fingerprints, settle
from benchmarks.measuring import Cost, cost_of
from benchmarks.review_page import seconds_by_decision
from benchmarks.stack import running
from db.engine import Sessions, make_sessions
from ingestion import bulk, cases, history, processing, review, undoing
from ingestion.bulk import Request
from ingestion.rules.bulk import BulkAnswer, answers_to
from ingestion.rules.issues import IssueType
from ingestion.storage import make_bucket

_HEADER = ("email", "first_name", "last_name", "company", "phone")
_LISTED = 50
_DECISIONS = 50
"""Made singly."""
_LOOKS = 5
"""How often a page is looked at; the middle one counts."""


@dataclass(frozen=True)
class Step:
    """What somebody waited for."""

    name: str
    cost: Cost
    server_seconds: float
    """Processor time of the database."""


@dataclass(frozen=True)
class Reviewed:
    """A bulk decision, its undo, and looks at what was open before."""

    steps: list[Step]
    decided: int
    """Issues."""
    is_identical: bool
    """Whether everything derived reads as before, once it was undone."""
    listing_seconds: float
    """For a page of 50 open issues."""
    case_seconds: float
    """For one issue with its rows."""


def main(arguments: list[str]) -> int:
    """Measure and print; 1 when the undo left something behind."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--groups", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=len(_HEADER), help="of the list, at least 5")
    about_groups = [answer for answer in BulkAnswer if IssueType.DUPLICATE_EMAIL in answers_to(answer)]
    parser.add_argument("--answer", type=BulkAnswer, choices=about_groups, default="keep_most_complete")
    options = parser.parse_args(arguments)
    logging.disable(logging.INFO)  # every migration
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as scratch, running(Path(scratch)) as stack:
        file = Path(scratch) / "groups.csv"
        rows = write_groups(file, options.groups, options.columns)
        job_id, sessions = stack.submit(file), make_sessions(stack.engine)
        began = time.perf_counter()
        processing.process(sessions, make_bucket(stack.settings), job_id)
        print(f"{options.groups:,} groups of {rows:,} rows, {options.columns} columns, {options.answer}")
        print(f"{'processed':14}{time.perf_counter() - began:8.2f} s", flush=True)
        settle(stack.engine)
        reviewed = decided_and_undone(
            sessions, stack.user_id, job_id, Request(options.answer), stack.server_seconds
        )
        times = min(_DECISIONS, options.groups)
        by_decision = seconds_by_decision(sessions, stack.settings, stack.user_id, job_id, times)
    print(_table(reviewed))
    middle, slowest = statistics.median(by_decision) * 1000, max(by_decision) * 1000
    print(f"{'a key, server':14}{middle:8.1f} ms   slowest {slowest:.1f} ms")
    return 0 if reviewed.is_identical else 1


def write_groups(path: Path, groups: int, columns: int) -> int:
    """Write a list of duplicate groups, of two rows or three; in every fourth one a name is missing.

    Returns how many rows it has.
    """
    others = [f"column {at}" for at in range(len(_HEADER), columns)]
    rows = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*_HEADER, *others])
        for group in range(groups):
            email, first, last = f"user{group}@example.com", f"Ana{group % 97}", f"Silva{group % 89}"
            of_group = [[email, first, last, "Acme", ""], [email, first, last, "Globex", str(group)]]
            if group % 4 == 0:
                of_group.append([email, "", last, "Globex", str(group)])
            writer.writerows([*row, *(f"{name} of {group}" for name in others)] for row in of_group)
            rows += len(of_group)
    return rows


def decided_and_undone(
    sessions: Sessions, user_id: int, job_id: int, request: Request, server_seconds: Callable[[], float]
) -> Reviewed:
    """Preview, carry out and undo a bulk decision; list open issues and look at one."""
    engine = sessions.kw["bind"]

    def undo() -> None:
        newest = history.listed(sessions, user_id, job_id)[0]
        undoing.undo(sessions, user_id, job_id, newest.id)

    def timed(name: str, work: Callable[[], object]) -> Step:
        before = server_seconds()
        cost = cost_of(work)
        return Step(name, cost, server_seconds() - before)

    before, was_open = fingerprints(engine, job_id), _open(sessions, user_id, job_id)
    steps = [timed("preview", lambda: bulk.preview(sessions, user_id, job_id, request))]
    steps.append(timed("carry out", lambda: bulk.carry_out(sessions, user_id, job_id, request)))
    decided = was_open - _open(sessions, user_id, job_id)
    steps.append(timed("undo", undo))
    is_identical = fingerprints(engine, job_id) == before
    listed = review.listed(sessions, user_id, job_id, limit=_LISTED)
    return Reviewed(
        steps,
        decided,
        is_identical,
        _middle(lambda: review.listed(sessions, user_id, job_id, limit=_LISTED)),
        _middle(lambda: cases.get(sessions, user_id, job_id, listed[0].id)),
    )


def _open(sessions: Sessions, user_id: int, job_id: int) -> int:
    return sum(open_ones for open_ones, _ in review.counts(sessions, user_id, job_id).values())


def _middle(look: Callable[[], object]) -> float:
    taken = []
    for _ in range(_LOOKS):
        began = time.perf_counter()
        look()
        taken.append(time.perf_counter() - began)
    return sorted(taken)[_LOOKS // 2]


def _table(reviewed: Reviewed) -> str:
    lines = [
        f"{step.name:14}{step.cost.wall:8.2f} s   CPU {step.cost.cpu:6.2f} s client"
        f" {step.server_seconds:6.2f} s server   {step.cost.rise_bytes / 1e6:+5.0f} MB"
        for step in reviewed.steps
    ]
    lines += [
        f"{'list 50':14}{reviewed.listing_seconds * 1000:8.1f} ms",
        f"{'one case':14}{reviewed.case_seconds * 1000:8.1f} ms",
        f"{reviewed.decided:,} issues settled; after the undo everything derived is "
        + ("as before" if reviewed.is_identical else "NOT as before"),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
