"""The picture: time against size for every way, both on logarithmic scales."""

import importlib
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.rounds import Result
from benchmarks.ways import FLOOR, OURS, WAYS, Way


def draw(results: list[Result], path: Path) -> None:
    """Draw the medians, with the spread of the runs, to an SVG or PNG file."""
    # By name: matplotlib is a requirement of the benchmark alone, and its absence is no error of the types.
    matplotlib: Any = importlib.import_module("matplotlib")
    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "benchmarks"  # equal figures give an equal file
    pyplot: Any = importlib.import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots(figsize=(9, 4.5), layout="constrained")
    measured = [result for result in results if result.costs]
    slowest_first = sorted(WAYS, key=lambda way: _seconds_a_megabyte(way, measured), reverse=True)
    for way in slowest_first:
        if of_way := [result for result in measured if result.way is way]:
            _line(axes, way, of_way)
    axes.set(xscale="log", yscale="log", xlabel="size of the file, MB", ylabel="seconds")
    sizes = sorted({_megabytes(result) for result in measured})
    axes.set_xticks(sizes, [f"{size:.0f}" for size in sizes], minor=False)
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(importlib.import_module("matplotlib.ticker").FormatStrFormatter("%g"))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False, fontsize="small", loc="center left", bbox_to_anchor=(1, 0.5))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150, metadata={"Date": None} if path.suffix == ".svg" else None)
    pyplot.close(figure)


def _seconds_a_megabyte(way: Way, results: list[Result]) -> float:
    """With the smallest file, which every way was tried with: the order of the lines, from the top."""
    found = [result for result in results if result.way is way]
    return found[0].costs[0].wall / _megabytes(found[0]) if found else 0.0


def _line(axes: Any, way: Way, results: list[Result]) -> None:
    sizes = [_megabytes(result) for result in results]
    walls = [[cost.wall for cost in result.costs] for result in results]
    middle = [median(runs) for runs in walls]
    below = [at - min(runs) for at, runs in zip(middle, walls, strict=True)]
    above = [max(runs) - at for at, runs in zip(middle, walls, strict=True)]
    style = {OURS: "-", FLOOR: ":"}.get(way, "--")
    axes.errorbar(
        *(sizes, middle),
        yerr=[below, above],
        fmt="o",
        linestyle=style,
        linewidth=2.5 if way is OURS else 1.2,
        capsize=3,
        label=way.label,
    )


def _megabytes(result: Result) -> float:
    return result.sample.path.stat().st_size / 1e6
