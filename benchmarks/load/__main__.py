"""Operators at work on the real dashboard, over its own protocol; how long its pages take.

`python -m benchmarks.load` starts the product as `run.py` does, in a copy, and ends it. With `--address` it
is one that runs on this machine already, which keeps the accounts and the uploads. `--find-limit` begins with
few sessions and adds some until pages take too long.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from benchmarks.load import limit, report
from benchmarks.load.crew import CannotBegin, Crew, Result
from benchmarks.load.operator import Habits
from benchmarks.load.product import NotHere, Product, at, started


def main(arguments: list[str]) -> int:
    """Measure, print, keep. Fails where there was an error, but for the search of the limit."""
    options = _options(arguments)
    try:
        running = nullcontext(at(options.address)) if options.address else started()
        with running as product:
            results = asyncio.run(_measured(product, options))
    except (NotHere, CannotBegin) as error:
        print(error, file=sys.stderr)
        return 2
    if options.json is not None:
        report.keep(results, options.json)
    return 1 if results[-1].errors and not options.find_limit else 0


async def _measured(product: Product, options: argparse.Namespace) -> list[Result]:
    crew = Crew(product, Habits(options.rows, options.think, options.seed))

    async def measure(sessions: int) -> Result:
        await crew.grow(sessions)
        uploads_a_minute = options.uploads_a_minute * sessions / options.sessions
        return await crew.measured(options.minutes * 60, uploads_a_minute)

    try:
        if not options.find_limit:
            result = await measure(options.sessions)
            print(report.written(result), flush=True)
            return [result]
        results = []
        async for result in limit.raised(measure, step=options.step, most=options.most):
            results.append(result)
            print(report.written(result), end="\n\n", flush=True)
        _conclude(results)
        return results
    finally:
        await crew.leave()


def _conclude(results: list[Result]) -> None:
    print(report.steps(results))
    last = results[-1]
    reason = limit.why_not_held(last)
    if not reason:
        print(f"\nAll of it was held, up to {last.sessions} sessions. Raise --most.")
        return
    if len(results) > 1:
        held = results[-2]
        print(f"\nHeld: {held.sessions} sessions with {held.uploads_a_minute:g} uploads a minute.")
    print(f"Not held: {last.sessions} sessions: {reason}.")
    print(f"Saturated then: {limit.saturated(last, os.cpu_count() or 1)}.")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.load", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--sessions", type=_up_to(int, 500), default=50, help="operators at work (50)")
    parser.add_argument("--uploads-a-minute", type=_up_to(float, 600), default=10, help="of all of them (10)")
    parser.add_argument("--minutes", type=_up_to(float, 60), default=3, help="of each measurement (3)")
    parser.add_argument("--address", help="of a product that runs on this machine")
    parser.add_argument("--rows", type=_up_to(int, 30_000), default=1_000, help="of each list (1000)")
    parser.add_argument("--think", type=_up_to(float, 600), default=6, help="mean seconds of thought (6)")
    parser.add_argument("--seed", type=_up_to(int, 10**6), default=1)
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--find-limit", action="store_true", help="add sessions until pages take too long")
    parser.add_argument("--step", type=_up_to(int, 500), default=10, help="sessions that are added (10)")
    parser.add_argument("--most", type=_up_to(int, 500), default=200, help="sessions to end with (200)")
    return parser.parse_args(arguments)


def _up_to(kind: type[int] | type[float], most: int) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = kind(text)
        if not 0 < value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not above 0 and at most {most:,}")
        return value

    return number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
