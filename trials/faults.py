"""Everything that a job must survive, on purpose: real workers, real endpoints, faults at random moments.

`.venv/bin/python -m trials.faults [--seed N] [--uploads 100] [--faults 220] [--minutes 5]` starts a
Postgres and an S3 and SQS of its own, lets operators upload and decide while servers, workers, connections
and messages fail, then compares every upload with an undisturbed run of the same file. It prints what it did
and whether every check held, and exits with 1 where one did not.
"""

import argparse
import logging
import random
import signal
import sys

from tests.faults import trial
from tests.faults.trial import Plan

_SECONDS_PER_FAULT = 1.5


def main(arguments: list[str]) -> int:
    """Run one trial; 0 when everything held."""
    parser = argparse.ArgumentParser(
        prog="python -m trials.faults", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))  # noqa: S311
    parser.add_argument("--uploads", type=int, default=100)
    # Some wait for a request that does not come: 200 happen.
    parser.add_argument("--faults", type=int, default=220)
    parser.add_argument("--minutes", type=float, help="in which uploads come and faults happen")
    options = parser.parse_args(arguments)
    seconds = options.minutes * 60 if options.minutes else options.faults * _SECONDS_PER_FAULT
    signal.signal(signal.SIGTERM, _stop)
    logging.disable(logging.ERROR)  # what use-cases say about outages is not news here
    print(
        f"seed {options.seed}: python -m trials.faults --seed {options.seed} --uploads {options.uploads}"
        f" --faults {options.faults} --minutes {seconds / 60:g}",
        flush=True,
    )
    summary = trial.run(
        Plan(options.seed, options.uploads, options.faults, seconds), lambda line: print(line, flush=True)
    )
    print(*summary.lines(), sep="\n")
    return 0 if summary.holds else 1


def _stop(*_: object) -> None:
    """Told to stop: end the servers and workers first, undisturbed by being told again."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit("Told to stop.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
