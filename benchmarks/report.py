"""The figures as tables for people, and as JSON for whoever draws or compares them."""

import json
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from statistics import median

from benchmarks.rounds import Result
from benchmarks.ways import AFTERWARDS, FLOOR, OURS, Way

_COLUMNS = (
    *("way", "what it does", "wall s", "slowest", "x floor", "x ours", "CPU s client", "server"),
    *("peak MB", "above idle"),
)


def tables(results: list[Result]) -> str:
    """A Markdown table for each file."""
    return "\n".join(
        _table(list(of_one)) for _, of_one in groupby(results, key=lambda result: result.sample.path)
    )


def keep(results: list[Result], path: Path) -> None:
    """Write every run's figures."""
    kept = [
        {
            "way": result.way.name,
            "bytes": result.sample.path.stat().st_size,
            "rows": result.sample.rows,
            "blank": result.blank,
            "runs": [
                {**asdict(cost), "server_cpu": server}
                for cost, server in zip(result.costs, result.server_seconds, strict=True)
            ],
        }
        for result in results
    ]
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _table(results: list[Result]) -> str:
    sample = results[0].sample
    size = sample.path.stat().st_size / 1e6
    issues = sum(sample.issues.values())
    lines = [
        f"\n{size:,.1f} MB, {sample.rows:,} rows, {issues:,} issues, {sample.distinct_emails:,} contacts\n",
        f"| {' | '.join(_COLUMNS)} |",
        f"|---|---|{'---:|' * (len(_COLUMNS) - 2)}",
    ]
    floor, ours = (_wall_of(way, results) for way in (FLOOR, OURS))
    lines += [f"| {' | '.join(_cells(result, floor, ours))} |" for result in results]
    return "\n".join(lines)


def _wall_of(way: Way, results: list[Result]) -> float | None:
    return next((median(_walls(result)) for result in results if result.way is way and result.costs), None)


def _walls(result: Result) -> list[float]:
    return [cost.wall for cost in result.costs]


def _cells(result: Result, floor: float | None, ours: float | None) -> list[str]:
    does = result.way.does
    if result.rows_lost and result.way not in AFTERWARDS and not result.way.is_complete:
        does += f"; {result.rows_lost:,} rows lost"
    if not result.costs:
        return [result.way.label, f"{does} ({result.blank})", *[""] * (len(_COLUMNS) - 2)]
    walls = _walls(result)
    return [
        *(result.way.label, does, f"{median(walls):.2f}", f"{max(walls):.2f}"),
        *(_ratio(median(walls), base) for base in (floor, ours)),
        f"{median(cost.cpu for cost in result.costs):.2f}",
        f"{median(result.server_seconds):.2f}",
        f"{max(cost.peak_bytes for cost in result.costs) / 1e6:.0f}",
        f"+{max(cost.rise_bytes for cost in result.costs) / 1e6:.0f}",
    ]


def _ratio(value: float, base: float | None) -> str:
    return f"{value / base:.1f}" if base else ""
