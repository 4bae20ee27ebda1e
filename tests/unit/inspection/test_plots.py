"""Plots: what they show of a table, that they show it as text, and what they say without data."""

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from ingestion.inspection import FRAMES, plots
from ingestion.inspection.plot_style import INK, LIGHT_TEAL, LINE, ORANGE, PALE, QUIET, TEAL
from ingestion.inspection.tables import table
from tests.conftest import ROOT

NOW = dt.datetime(2026, 11, 26, 13, tzinfo=dt.UTC)
FORMULA = "$\\frac{1}{2}$"


@pytest.fixture(autouse=True)
def drawn_nowhere() -> Iterator[None]:
    before = mpl.get_backend()
    pyplot.switch_backend("Agg")
    yield
    pyplot.close("all")
    pyplot.switch_backend(before)


def issue_counts(*rows: tuple[str, int, int]) -> pd.DataFrame:
    return table(FRAMES["issue_counts"], rows)


def group_sizes(*rows: tuple[int, str, int]) -> pd.DataFrame:
    return table(FRAMES["group_sizes"], rows)


def quality(*rows: tuple[str, float]) -> pd.DataFrame:
    made = [(name, None, 10_000, 0, share, 0, 0, None, None) for name, share in rows]
    return table(FRAMES["quality"], made)


def jobs(*rows: tuple[str, int, float]) -> pd.DataFrame:
    made = [
        (number, name, "COMPLETED", "", "", 1, count, count, 0, NOW, NOW, NOW + dt.timedelta(hours=number),
         None, 1.0, rate, None)
        for number, (name, count, rate) in enumerate(rows)
    ]  # fmt: skip
    return table(FRAMES["jobs"], made)


def texts(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def labels(axes: Axes) -> list[str]:
    return [label.get_text() for label in axes.get_yticklabels()]


def bars(axes: Axes) -> list[tuple[str, float, float]]:
    """Of each bar: its colour, where it begins and how long it is."""
    return [
        (to_hex(bar.get_facecolor()), bar.get_x(), bar.get_width())  # type: ignore[attr-defined]
        for bar in axes.patches
    ]


def test_issues_are_stacked_by_what_stands_with_the_most_on_top() -> None:
    axes = plots.issues_by_type(issue_counts(("MISSING_COMPANY", 5, 0), ("DUPLICATE_EMAIL", 200, 1_000)))
    assert labels(axes) == ["Duplicate e-mail", "Missing company"]
    assert axes.yaxis_inverted()
    assert bars(axes) == [(ORANGE, 0, 200), (ORANGE, 0, 5), (LIGHT_TEAL, 200, 1_000), (LIGHT_TEAL, 5, 0)]
    assert texts(axes) == ["1,200, 200 open", "5"]


def test_groups_are_told_apart_by_whether_somebody_is_asked_and_the_largest_are_one() -> None:
    sizes = [(size, "open", 1) for size in range(2, 12)] + [(2, "not asked", 3_000)]
    axes = plots.groups_by_size(group_sizes(*sizes))
    assert labels(axes) == [*(f"{size} rows" for size in range(2, 9)), "9 or more rows"]
    assert texts(axes) == ["3,001", *["1"] * 6, "3"]
    assert {colour for colour, _, width in bars(axes) if width} == {ORANGE, LINE}


def test_completeness_is_a_part_of_the_whole_and_all_is_only_what_is_all() -> None:
    shown = quality(("city", 1.0), ("phone", 0.9999), ("fax", 0.00001), ("mobile", 0.5), ("none", 0.0))
    axes = plots.completeness(shown, before=quality(*[("x", 0.25)] * 5))
    assert texts(axes) == ["100%", "99.9%", "0.1%", "50%", "0%"]
    assert bars(axes)[:5] == [(PALE, 0, 1)] * 5
    assert bars(axes)[8] == (TEAL, 0, 0.5)
    [marks] = axes.lines
    assert list(marks.get_xdata()) == [0.25] * 5  # type: ignore[arg-type]


def test_of_many_columns_the_least_complete_are_shown() -> None:
    axes = plots.completeness(quality(*((f"c{number}", number / 100) for number in range(90, -1, -1))))
    assert labels(axes) == [f"c{number}" for number in range(30)]
    assert axes.get_title(loc="left") == "Completeness of the 30 least complete of 91 columns"


def test_a_few_uploads_have_their_names_and_many_are_dots_over_time() -> None:
    few = plots.throughput(jobs(("a.csv", 400, 8_000.4), ("b.csv", 25_000, 150_000.0)))
    assert labels(few) == ["a.csv", "b.csv"]
    assert texts(few) == ["8,000", "400 rows", "150,000", "25,000 rows"]
    many = plots.throughput(jobs(*[("a.csv", 400, 8_000.0)] * 19, ("large.csv", 9_000, 70_000.0)))
    [dots] = many.collections
    assert len(dots.get_offsets()) == 20  # type: ignore[arg-type]
    assert texts(many) == ["large.csv, 9,000 rows"]


EMPTY: dict[str, tuple[Callable[[], Axes], str]] = {
    "issues": (lambda: plots.issues_by_type(issue_counts()), "No issue: nobody is asked anything."),
    "groups": (lambda: plots.groups_by_size(group_sizes()), "No e-mail is in more than one row."),
    "quality": (lambda: plots.completeness(quality()), "There are no rows to look at."),
    "jobs": (lambda: plots.throughput(jobs()), "No upload has been processed yet."),
}


@pytest.mark.parametrize(("draw", "said"), EMPTY.values(), ids=EMPTY)
def test_without_data_a_sentence_says_so(draw: Callable[[], Axes], said: str) -> None:
    axes = draw()
    assert texts(axes) == [said]
    assert not axes.axison
    axes.figure.canvas.draw()


def drawn_before() -> Axes:
    """Axes that have their labels already, made in nobody's style."""
    axes = pyplot.figure().subplots()
    axes.plot([1, 2])
    axes.figure.canvas.draw()
    return axes


def test_what_people_wrote_is_text_and_no_formula() -> None:
    for axes in (
        plots.completeness(quality((FORMULA, 0.5)), axes=drawn_before()),
        plots.throughput(jobs((FORMULA, 1, 1.0)), axes=drawn_before()),
        plots.completeness(quality((FORMULA, 0.5))),
        plots.throughput(jobs((FORMULA, 1, 1.0))),
        plots.throughput(jobs(*[(FORMULA, 1, 1.0)] * 20)),
    ):
        axes.figure.canvas.draw()
        found = [text for text in [*axes.texts, *axes.get_yticklabels()] if FORMULA in text.get_text()]
        assert found
        assert not any(text.get_parse_math() for text in found)


def test_a_long_name_is_cut() -> None:
    [label] = labels(plots.completeness(quality(("a" * 60, 0.5))))
    assert label == "a" * 27 + "…"


def test_plots_go_into_axes_that_are_there() -> None:
    figure, (left, right) = pyplot.subplots(1, 2)
    assert plots.completeness(quality(("city", 1.0)), axes=right) is right
    assert pyplot.get_fignums() == [figure.number]
    assert not left.patches


def test_the_style_is_the_plots_own() -> None:
    before = dict(mpl.rcParams)
    plots.issues_by_type(issue_counts(("MISSING_COMPANY", 5, 0)))
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("colour", [TEAL, LIGHT_TEAL, ORANGE, INK, QUIET, LINE, PALE])
def test_the_colours_are_the_dashboards(colour: str) -> None:
    styles = (ROOT / "dashboard" / "assets" / "style.css").read_text()
    assert colour in styles + (ROOT / ".streamlit" / "config.toml").read_text()


def seen_without(colour: str, matrix: tuple[tuple[float, ...], ...]) -> tuple[float, ...]:
    """A colour as somebody sees it, in linear light."""
    linear = [((int(colour[at : at + 2], 16) / 255 + 0.055) / 1.055) ** 2.4 for at in (1, 3, 5)]
    return tuple(sum(factor * part for factor, part in zip(row, linear, strict=True)) for row in matrix)


# Machado, Oliveira and Fernandes 2009, severity 1.0: who sees no red, and who sees no green.
_WITHOUT_RED = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
_WITHOUT_GREEN = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)


@pytest.mark.parametrize("eyes", [_WITHOUT_RED, _WITHOUT_GREEN], ids=["no red", "no green"])
@pytest.mark.parametrize("other", [LIGHT_TEAL, TEAL, LINE])
def test_orange_is_told_from_its_neighbours_by_everybody(other: str, eyes: Any) -> None:
    apart = zip(seen_without(ORANGE, eyes), seen_without(other, eyes), strict=True)
    assert max(abs(one - another) for one, another in apart) > 0.1


def test_without_matplotlib_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(plots.NotInstalled, match=r"pip install -r requirements-notebook\.txt"):
        plots.issues_by_type(issue_counts())
