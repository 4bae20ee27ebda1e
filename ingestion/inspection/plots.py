"""Pictures of what an Inspector gives; matplotlib draws them.

Each function takes a table and gives the axes, so that a notebook shows it and a script can save it:
`plots.issues_by_type(inspector.issue_counts(7)).figure.savefig("issues.png")`. With `axes` it draws into
yours. All raise NotInstalled without matplotlib.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from db.queries.inspecting import Asked
from ingestion.inspection.plot_style import (
    INK,
    LIGHT_TEAL,
    LINE,
    ORANGE,
    PALE,
    QUIET,
    TEAL,
    NotInstalled,
    bars_only,
    drawing,
    say_nothing_there,
)
from ingestion.rules.issues import KINDS, IssueType

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["NotInstalled", "completeness", "groups_by_size", "issues_by_type", "throughput"]

_ASKED = {
    Asked.OPEN: ("waiting for a decision", ORANGE),
    Asked.SETTLED: ("settled by somebody", LIGHT_TEAL),
    Asked.NEVER: ("not asked: one person, repeated", LINE),
}
_MARK: dict[str, Any] = {"linestyle": "none", "marker": "|", "markeredgewidth": 2.4, "color": ORANGE}
_AS_IT_IS: dict[str, Any] = {"parse_math": False}
"""Labels of axes that were drawn before are there already, and know nothing of our style."""
_MOST_BARS = 30
"""Of a wide file the least complete columns: more names cannot be read."""
_MOST_SIZES = 8
_FEW_UPLOADS = 12
_LONGEST_NAME = 28


def issues_by_type(issue_counts: pd.DataFrame, axes: "Axes | None" = None) -> "Axes":
    """How many issues of each type are open and settled, by `Inspector.issue_counts`; the most on top."""
    title = "Issues by type"
    counts = issue_counts.assign(total=issue_counts["open"] + issue_counts["settled"])
    counts = counts.sort_values("total", ascending=False, kind="stable")
    with drawing(axes, height=_height(len(counts))) as on:
        if not counts["total"].sum():
            say_nothing_there(on, title, "No issue: nobody is asked anything.")
            return on
        names = [KINDS[IssueType(kind)].title for kind in counts["type"]]
        bars = [("open", ORANGE, counts["open"]), ("settled", LIGHT_TEAL, counts["settled"])]
        said = [
            f"{total:,}, {waiting:,} open" if 0 < waiting < total else f"{total:,}"
            for waiting, total in zip(counts["open"], counts["total"], strict=True)
        ]
        _stack(on, names, bars, said)
        on.set_title(title)
        return on


def groups_by_size(group_sizes: pd.DataFrame, axes: "Axes | None" = None) -> "Axes":
    """How many duplicate groups there are by their number of rows, by `Inspector.group_sizes`."""
    title = "Duplicate groups by size"
    sizes = group_sizes.pivot_table(
        index="group_size", columns="asked", values="groups", aggfunc="sum", fill_value=0, observed=False
    )
    with drawing(axes, height=_height(min(len(sizes), _MOST_SIZES))) as on:
        if sizes.empty:
            say_nothing_there(on, title, "No e-mail is in more than one row.")
            return on
        shown = _few_sizes(sizes)
        bars = [
            (label, colour, shown[asked])
            for asked, (label, colour) in _ASKED.items()
            if asked in shown and shown[asked].sum()
        ]
        said = [f"{groups:,}" for groups in shown.sum(axis="columns")]
        _stack(on, [f"{size} rows" for size in shown.index], bars, said)
        on.set_title(title)
        return on


def completeness(
    quality: pd.DataFrame, before: pd.DataFrame | None = None, axes: "Axes | None" = None
) -> "Axes":
    """How much of each column is filled, by `Inspector.quality`; with `before` also how much was.

    Of a file with many columns the least complete ones.
    """
    title = "Completeness by column"
    shown = quality.dropna(subset=["completeness"])
    if len(shown) > _MOST_BARS:
        shown = shown.nsmallest(_MOST_BARS, "completeness")
        title = f"Completeness of the {_MOST_BARS} least complete of {len(quality):,} columns"
    with drawing(axes, height=_height(len(shown))) as on:
        if shown.empty:
            say_nothing_there(on, title, "There are no rows to look at.")
            return on
        share = shown["completeness"].astype(float)
        places = range(len(shown))
        on.barh(places, [1.0] * len(shown), color=PALE, height=0.62)
        on.barh(places, share, color=TEAL, height=0.62)
        if before is not None:
            _mark(on, _as_before(shown, before))
        for place, part in zip(places, share, strict=True):
            on.text(1.015, place, _percent(part), va="center", color=INK)
        on.set_yticks(places, [_short(str(name)) for name in shown["column"]], **_AS_IT_IS)
        on.set_xlim(0, 1.13)
        bars_only(on)
        on.set_title(title)
        return on


def throughput(jobs: pd.DataFrame, axes: "Axes | None" = None) -> "Axes":
    """Rows a second of each upload, by `Inspector.jobs`: a few of them by name, many over time.

    The time is that of one worker, from taking the file up to having its rows and issues stored, waiting not
    counted. Small files spend it on other things than rows: a larger dot is a larger file.
    """
    title = "Throughput: rows a second, by upload"
    shown = jobs.dropna(subset=["rows_per_second"]).sort_values("processed_at")
    is_few = len(shown) <= _FEW_UPLOADS
    with drawing(axes, height=_height(len(shown)) if is_few else 3.4) as on:
        if shown.empty:
            say_nothing_there(on, title, "No upload has been processed yet.")
        elif is_few:
            _rates(on, shown)
        else:
            _dots(on, shown)
        on.set_title(title)
        return on


def _rates(axes: "Axes", shown: pd.DataFrame) -> None:
    rates = shown["rows_per_second"].astype(float)
    axes.barh(range(len(shown)), rates, color=TEAL, height=0.62)
    at_the_right = axes.get_yaxis_transform()  # from 0 to 1 across, and by the place of a bar down
    for place, (rate, rows) in enumerate(zip(rates, shown["rows"], strict=True)):
        axes.text(rate + rates.max() * 0.012, place, f"{rate:,.0f}", va="center", color=INK)
        axes.text(1, place, f"{rows:,} rows", va="center", ha="right", color=QUIET, transform=at_the_right)
    axes.set_yticks(range(len(shown)), [_short(str(name)) for name in shown["file"]], **_AS_IT_IS)
    axes.set_xlim(0, rates.max() * 1.6)
    bars_only(axes)


def _stack(
    axes: "Axes", names: Sequence[str], bars: Sequence[tuple[str, str, "pd.Series[int]"]], said: Sequence[str]
) -> None:
    """Bars beside each other on one line for each name; behind them what is `said` of it."""
    places = range(len(names))
    total = pd.Series([0] * len(names))
    for label, colour, counts in bars:
        values = counts.astype(int).reset_index(drop=True)
        axes.barh(places, values, left=total, color=colour, height=0.62, label=label)
        total = total + values
    for place, (count, text) in enumerate(zip(total, said, strict=True)):
        axes.text(count + total.max() * 0.012, place, text, va="center", color=INK)
    axes.set_yticks(places, names, **_AS_IT_IS)
    axes.set_xlim(0, total.max() * 1.16)
    bars_only(axes)
    axes.legend(loc="lower right", handlelength=1, handleheight=1)


def _height(bars: int) -> float:
    """Of a figure of so many bars, in inches."""
    return 1.0 + 0.4 * bars


def _few_sizes(sizes: pd.DataFrame) -> pd.DataFrame:
    """The sizes as names, the largest ones as one: few groups are very large, and far apart."""
    named = sizes.copy()
    named.index = pd.Index([f"{size:,}" for size in sizes.index])
    if len(sizes) <= _MOST_SIZES:
        return named
    rest = named.iloc[_MOST_SIZES - 1 :].sum().to_frame(f"{sizes.index[_MOST_SIZES - 1]:,} or more").T
    return pd.concat([named.iloc[: _MOST_SIZES - 1], rest])


def _as_before(shown: pd.DataFrame, before: pd.DataFrame) -> list[float]:
    # By place, which is the same in tables of one upload: names of columns may occur twice.
    return before["completeness"].astype(float).reindex(shown.index).fillna(0.0).tolist()


def _mark(axes: "Axes", shares: Sequence[float]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    axes.plot(shares, range(len(shares)), **_MARK, markersize=15)
    axes.legend(
        handles=[Line2D([], [], **_MARK, markersize=11, label="before"), Patch(color=TEAL, label="now")],
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=2,
        handlelength=1,
        handleheight=1,
    )


def _dots(axes: "Axes", shown: pd.DataFrame) -> None:
    from matplotlib.ticker import StrMethodFormatter

    rates, rows = shown["rows_per_second"].astype(float), shown["rows"].astype(float)
    sizes = 30 + 270 * rows / max(rows.max(), 1)
    axes.scatter(
        shown["processed_at"].dt.tz_localize(None), rates, s=sizes, color=TEAL, alpha=0.75, linewidth=0
    )
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.set_ylim(0, rates.max() * 1.15)
    axes.margins(x=0.06)
    axes.grid(axis="y")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("processed at (UTC)")
    largest, times = shown.iloc[int(rows.to_numpy().argmax())], shown["processed_at"]
    is_late = largest["processed_at"] - times.min() > times.max() - largest["processed_at"]
    _name(axes, largest, is_late=bool(is_late))


def _name(axes: "Axes", upload: "pd.Series[Any]", *, is_late: bool) -> None:
    """Say which upload a dot is, towards the middle."""
    axes.annotate(
        f"{_short(str(upload['file']))}, {upload['rows']:,} rows",
        (upload["processed_at"].tz_localize(None), float(upload["rows_per_second"])),
        xytext=(-14 if is_late else 14, 0),
        textcoords="offset points",
        ha="right" if is_late else "left",
        va="center",
        color=INK,
        backgroundcolor="white",
        zorder=1.5,
    )


def _percent(share: float) -> str:
    """All and nothing are only what is all and nothing."""
    if 0.999 < share < 1:
        return "99.9%"
    if 0 < share < 0.001:
        return "0.1%"
    return f"{share:.1%}".replace(".0%", "%")


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
