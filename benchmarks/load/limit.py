"""How much the product holds, and what gives way first."""

from collections.abc import AsyncIterator, Awaitable, Callable

from benchmarks.load.crew import Result
from benchmarks.load.watching import DASHBOARD, GENERATOR

HELD_SECONDS = 1.0
"""A load is held while 95 of 100 pages come sooner, and without an error."""
_ONE_PROCESSOR = 0.85
"""Of a process that runs one thread of Python at a time: with its pauses it has little more to give."""
_ALL_PROCESSORS = 0.9
_OTHERS = 0.2
"""Of all processors, taken by what is neither the product nor the load: the figures are not its own then."""


async def raised(
    measure: Callable[[int], Awaitable[Result]], *, step: int, most: int
) -> AsyncIterator[Result]:
    """Measure with `step` sessions, then `step` more, until a load is not held or there are `most`."""
    for sessions in range(step, most + 1, step):
        result = await measure(sessions)
        yield result
        if why_not_held(result):
            return


def why_not_held(result: Result) -> str:
    """In a few words; empty where the load is held."""
    if result.errors:
        (text, _), *_ = sorted(result.errors.items(), key=lambda error: -error[1])
        return f"{sum(result.errors.values())} errors, most often: {text}"
    if result.all_pages is None:
        return "no page was seen"
    if result.all_pages.p95 >= HELD_SECONDS:
        return f"95 of 100 pages took up to {result.all_pages.p95:.2f} s"
    return ""


def saturated(result: Result, processors: int) -> str:
    """What had no more to give, as far as processor time shows it."""
    dashboard = result.parts.get(DASHBOARD)
    own = result.parts[GENERATOR].processors
    if dashboard is None:
        return f"not known: the product was not started by this command (which itself took {own:.0%} of one)"
    busiest = f"the dashboard's process took {dashboard.processors:.0%} of one processor"
    if dashboard.processors >= _ONE_PROCESSOR:
        return f"{busiest}: it runs one thread of Python at a time, and all sessions share it"
    others = result.machine - sum(part.processors for part in result.parts.values())
    if others >= _OTHERS * processors:
        return (
            f"not known: something that is no part of the product took {others:.1f} of {processors} "
            f"processors. Measure again when the machine is quiet; {busiest}"
        )
    if result.machine >= _ALL_PROCESSORS * processors:
        return f"all {processors} processors were busy; {busiest}, this command {own:.0%}"
    return f"no processor: {busiest}, and {result.machine:.1f} of {processors} were busy"
