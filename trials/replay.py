"""A large list with many decisions at random, made anew from its file and its log.

`.venv/bin/python -m trials.replay [--rows 100000] [--decisions 2000]` starts a Postgres and a store of its
own, processes a generated list, decides, undoes and answers in bulk at random, finalizes it twice, and says
whether what is stored is what the file and the log give.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.stack import running
from db.engine import make_sessions
from ingestion import history, processing, replay, undoing
from ingestion.rules.bulk import BulkAnswer
from ingestion.storage import make_bucket
from tests.contacts import write_contacts
from tests.integration.at_random import AtRandom, settle_the_rest
from tests.integration.desk import Desk


def main(arguments: list[str]) -> int:
    """Decide, make anew, compare; 0 when nothing differs."""
    parser = argparse.ArgumentParser(prog="python -m trials.replay", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--decisions", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))  # noqa: S311
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory() as scratch, running(Path(scratch)) as stack:
        path = Path(scratch) / "contacts.csv"
        write_contacts(path, rows=options.rows, seed=options.seed)
        at = Desk(make_sessions(stack.engine), stack.user_id, stack.submit(path))
        bucket = make_bucket(stack.settings)
        with _timed("processed"):
            processing.process(at.sessions, bucket, at.job_id)
        with _timed("decided and finalized, twice"):
            _decide(at, AtRandom(at, options.seed), options.decisions)
        with _timed("made anew"):
            report = replay.check(stack.engine, bucket, at.job_id)
    print(f"{report.decisions:,} decisions, versions {report.versions}", *report.findings, sep="\n")
    print("identical" if report.is_identical else "differs")
    return 0 if report.is_identical else 1


def _decide(at: Desk, somebody: AtRandom, times: int) -> None:
    somebody.decide(times // 2)
    somebody.answer(BulkAnswer.FILL_REPEATS)
    somebody.answer(BulkAnswer.FILL_BLANKS)
    somebody.decide(times // 4)
    settle_the_rest(at)
    at.finalize()
    newest, *_ = history.listed(at.sessions, at.user_id, at.job_id, limit=1)
    undoing.undo(at.sessions, at.user_id, at.job_id, newest.id)
    somebody.decide(times - times // 2 - times // 4)
    settle_the_rest(at)
    at.finalize()


@contextmanager
def _timed(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    print(f"{what}: {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
