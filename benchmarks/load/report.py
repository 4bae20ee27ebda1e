"""A measurement as people read it, and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.load.crew import Result
from benchmarks.load.measuring import Summary

_HEAD = "| page | count | median | p95 | longest |\n|---|---:|---:|---:|---:|"


def written(result: Result) -> str:
    """All of it, as Markdown."""
    lines = [
        f"{result.sessions} sessions, {result.uploads_a_minute:g} uploads a minute, {result.seconds:.0f} s\n",
        _HEAD,
        *(_line(kind, summary) for kind, summary in sorted(result.pages.items())),
        _line("**every page**", result.all_pages),
        _line("download, to the last byte", result.downloads),
        _line("refresh by itself", result.refreshes),
        _line("click on Upload → read, as the page says", result.settled),
        *_jobs(result),
        f"\nUploads accepted: {result.sent}. {_queue(result)}",
        "Errors: " + ("none." if not result.errors else ""),
        *(f"- {count} × {text}" for text, count in result.errors.items()),
        "\n| part | memory, the most | processors |\n|---|---:|---:|",
        *(
            f"| {name} | {part.megabytes:.0f} MB | {part.processors:.2f} |"
            for name, part in sorted(result.parts.items())
        ),
        f"| the whole machine, with whatever else ran | | {result.machine:.2f} |",
        _cost(result),
    ]
    return "\n".join(line for line in lines if line)


def steps(results: Sequence[Result]) -> str:
    """A line for each of several measurements."""
    lines = [
        "| sessions | uploads a minute | pages a second | median | p95 | errors | dashboard | machine |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for result in results:
        pages, dashboard = result.all_pages, result.parts.get("dashboard")
        cells = [
            str(result.sessions),
            f"{result.uploads_a_minute:g}",
            f"{pages.count / result.seconds:.1f}" if pages else "",
            f"{pages.median:.2f} s" if pages else "",
            f"{pages.p95:.2f} s" if pages else "",
            str(sum(result.errors.values())),
            f"{dashboard.processors:.2f}" if dashboard else "not known",
            f"{result.machine:.2f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def keep(results: Sequence[Result], path: Path) -> None:
    """Write every figure."""
    path.write_text(json.dumps([asdict(result) for result in results], indent=1) + "\n", encoding="utf-8")


def _line(name: str, of: Summary | None) -> str:
    if of is None:
        return ""
    return f"| {name} | {of.count:,} | {of.median:.2f} s | {of.p95:.2f} s | {of.longest:.2f} s |"


def _jobs(result: Result) -> list[str]:
    if result.queue is None:
        return []
    return [
        _line("job → a worker begins, by the database", result.queue.waits),
        _line("job → read, by the database", result.queue.reads),
    ]


def _cost(result: Result) -> str:
    cost = result.dashboard_seconds_a_page
    return "" if cost is None else f"\nThe dashboard's processor time for each page: {cost * 1000:.0f} ms."


def _queue(result: Result) -> str:
    if result.queue is None:
        return "Memory, processors and the queue of a product that runs already are not looked at."
    return (
        f"The oldest job in the queue waited {result.queue.oldest:.1f} s for a worker; "
        f"at most {result.queue.most} were seen to wait at once."
    )
