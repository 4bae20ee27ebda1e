"""The ways taking turns: every way once, then every way again, so that a busy minute hits all alike."""

from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import child, database
from benchmarks.files import Sample, rows_in, sample_of
from benchmarks.measuring import Cost
from benchmarks.stack import Stack
from benchmarks.ways import AFTERWARDS, FINALIZE, OURS, Task, Way

WRONG = "wrong"
"""How the reason begins where a way yielded something else than what is in the file."""

_LONGEST = 3600.0


@dataclass
class Result:
    """What a way cost with a file, run for run; a reason where there are no runs."""

    way: Way
    sample: Sample
    costs: list[Cost] = field(default_factory=list)
    server_seconds: list[float] = field(default_factory=list)
    rows_lost: int = 0
    blank: str = ""

    def void(self, reason: str) -> None:
        """Leave the result without figures: some of them are missing, or are of another work."""
        self.costs.clear()
        self.server_seconds.clear()
        self.blank = reason


def ingest(
    stack: Stack, folder: Path, sizes: list[float], ways: list[Way], runs: int, max_seconds: float
) -> list[Result]:
    """Every way with every size, as long as it stays under `max_seconds` a run."""
    results: list[Result] = []
    for size in sizes:
        sample = sample_of(folder, rows_in(size))
        _make_lines(stack, sample)
        now = [Result(way, sample, blank=_too_slow(way, sample, results, max_seconds)) for way in ways]
        for number in range(1, runs + 1):
            for result in now:
                if not result.blank:
                    _take_turn(stack, result, max_seconds)
                    _say(result, number)
        sample.lines.unlink()
        results += now
    return results


def afterwards(stack: Stack, folder: Path, rows: int, runs: int) -> list[Result]:
    """Finalizing and exporting a reviewed job of so many rows."""
    sample = sample_of(folder, rows)
    database.empty(stack.engine)
    task = _task(stack, sample, stack.submit(sample.path))
    child.run(OURS.name, task, _LONGEST)
    database.review_everything(stack.engine, task.job_id, stack.user_id)
    results = [Result(way, sample) for way in AFTERWARDS]
    for number in range(1, runs + 1):
        for result in [result for result in results if not result.blank]:
            if result.way is FINALIZE:
                database.finalize_again(stack.engine, task.job_id)
            database.settle(stack.engine)
            _measure(stack, result, task, _LONGEST)
            _say(result, number)
            if result.way is FINALIZE and not result.blank:
                _verify_contacts(stack, result)
    return results


def _make_lines(stack: Stack, sample: Sample) -> None:
    """The floor's lines, by a first run of ours, which counts for nothing else and warms the server."""
    database.empty(stack.engine)
    task = _task(stack, sample, stack.submit(sample.path))
    child.run(OURS.name, task, _LONGEST)
    database.write_lines(stack.engine, sample.lines)


def _too_slow(way: Way, sample: Sample, earlier: list[Result], max_seconds: float) -> str:
    """Why a way is not tried with a file, if it is not: no figure of it is guessed."""
    size = sample.path.stat().st_size
    if size > way.largest_mb * 1.1e6:
        return f"tried up to {way.largest_mb:g} MB"
    before = [result for result in earlier if result.way is way]
    if before and before[-1].blank:
        return before[-1].blank
    if before:
        seconds = before[-1].costs[-1].wall * size / before[-1].sample.path.stat().st_size
        if seconds > max_seconds:
            return f"would take more than {max_seconds / 60:g} minutes"
    return ""


def _take_turn(stack: Stack, result: Result, max_seconds: float) -> None:
    database.empty(stack.engine)
    job_id = stack.submit(result.sample.path) if result.way is OURS else 1
    # The limit is for the work: a process also has to start, and a guess may be wrong.
    _measure(stack, result, _task(stack, result.sample, job_id), 2 * max_seconds + 30)
    if not result.blank:
        _verify(stack, result)


def _task(stack: Stack, sample: Sample, job_id: int) -> Task:
    return Task(stack.settings, sample.path, sample.lines, job_id, stack.user_id)


def _measure(stack: Stack, result: Result, task: Task, timeout: float) -> None:
    before = stack.server_seconds()
    try:
        result.costs.append(child.run(result.way.name, task, timeout))
    except child.WayFailed as error:
        result.void(str(error))
    else:
        result.server_seconds.append(stack.server_seconds() - before)


def _verify(stack: Stack, result: Result) -> None:
    """Blank a result unless what is stored is what is in the file; raw rows alone may be fewer."""
    found, sample = database.stored(stack.engine, result.way.schema), result.sample
    result.rows_lost = sample.rows - found.rows
    if result.way.is_complete and (found.valid_rows, found.issues) != (sample.valid_rows, sample.issues):
        result.void(f"{WRONG}: {found} is stored")


def _verify_contacts(stack: Stack, result: Result) -> None:
    found = database.contacts(stack.engine)
    if found != result.sample.distinct_emails:
        result.void(f"{WRONG}: {found} contacts of {result.sample.distinct_emails} addresses")


def _say(result: Result, number: int) -> None:
    size = result.sample.path.stat().st_size / 1e6
    what = result.blank or f"{result.costs[-1].wall:.2f} s"
    print(f"  {size:.0f} MB, run {number}, {result.way.label}: {what}", flush=True)
