"""How plots look: the dashboard's colours, and nothing that does not say anything."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ingestion.errors import IngestionError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TEAL, LIGHT_TEAL, ORANGE = "#0f6e78", "#5aa9b0", "#d9480f"
"""Told apart in hue by everybody who does not see red or green, and in lightness in print."""
INK, QUIET, LINE, PALE = "#17252b", "#4b5d64", "#d5dee1", "#f3f6f7"

_STYLE: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib: pictures are the same everywhere
    "font.size": 10,
    "text.color": INK,
    "text.parse_math": False,  # names of columns and files are people's, and no formulas
    "axes.facecolor": "white",
    "axes.edgecolor": LINE,
    "axes.labelcolor": QUIET,
    "axes.titlecolor": INK,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 14,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": LINE,
    "grid.linewidth": 0.8,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "date.converter": "concise",
}


class NotInstalled(IngestionError):
    """Plots need a package that is not there."""


@contextmanager
def drawing(axes: "Axes | None", *, height: float) -> "Iterator[Axes]":
    """The axes to draw into, or new ones of a figure `height` inches high, in our style.

    Raises NotInstalled without matplotlib.
    """
    try:
        from matplotlib import pyplot, rc_context
    except ModuleNotFoundError:
        raise NotInstalled(
            "Plots need matplotlib: pip install -r requirements-notebook.txt, or open notebooks with"
            " python3 run.py notebook, which installs it."
        ) from None
    # Before our style: with the first figure a notebook's backend sets itself up, which must outlast it.
    figure = axes.figure if axes else pyplot.figure(figsize=(7.5, height), dpi=110, layout="constrained")
    with rc_context(_STYLE):
        yield axes or figure.subplots()


def say_nothing_there(axes: "Axes", title: str, message: str) -> None:
    """Instead of empty axes, a sentence."""
    axes.set_title(title)
    axes.set_axis_off()
    axes.text(0, 1, message, transform=axes.transAxes, color=QUIET, va="top")


def bars_only(axes: "Axes") -> None:
    """Horizontal bars that have their numbers beside them need no scale."""
    axes.xaxis.set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
