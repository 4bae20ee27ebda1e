"""Bars over time as HTML of our own (docs/decisions/0026): no script and no library.

The content-security policy refuses styles in attributes: heights are in a style sheet beside the plot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_MOST_LABELS = 7


@dataclass(frozen=True)
class Series:
    """Numbers of one kind, one for each interval; they are not negative."""

    name: str
    kind: str
    """The class by which `style.css` knows its colour."""
    values: Sequence[int]


def stacked(title: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """Bars side by side by interval, the first series at the bottom. Hovering tells the numbers."""
    top = _round_up(max((sum(at) for at in zip(*(one.values for one in series), strict=True)), default=0))
    every = -(-len(labels) // _MOST_LABELS)
    bars = "".join(
        _bar(label, series, place, top, is_labelled=place % every == every // 2)
        for place, label in enumerate(labels)
    )
    legend = "".join(f"<span><i class='{one.kind}'></i>{escape(one.name)}</span>" for one in series)
    parts = {_part(number, top) for one in series for number in one.values if number}
    sheet = "".join(f".bars .part-{part}{{height:{part / 100}%}}" for part in sorted(parts))
    scale = "".join(f"<span>{short(number)}</span>" for number in (top, top // 2, 0))
    return (
        f"<style>{sheet}</style><figure class='bars'><figcaption>{escape(title)}{legend}</figcaption>"
        f"<div><div class='scale'>{scale}</div><ol>{bars}</ol></div></figure>"
    )


def short(number: int) -> str:
    """`950`, `38k`, `1.2M`."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return f"{number / size:.1f}".removesuffix(".0") + letter
    return str(number)


def _part(number: int, top: int) -> int:
    """Of the scale, in hundredths of a percent: a class that means the same in every plot of a page."""
    return 10_000 * number // top


def _round_up(number: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100, …: half of it is whole."""
    top = 2
    while top < number:
        top = top // 4 * 10 if str(top).startswith("4") else top * 2
    return top


def _bar(label: str, series: Sequence[Series], place: int, top: int, *, is_labelled: bool) -> str:
    told = "\n".join([label, *(f"{one.name}: {one.values[place]:,}" for one in series)])
    parts = "".join(
        f"<b class='{one.kind} part-{_part(one.values[place], top)}'></b>"
        for one in reversed(series)
        if one.values[place]
    )
    under = f"<small>{escape(label)}</small>" if is_labelled else ""
    return f"<li title='{escape(told)}'>{parts}{under}</li>"
