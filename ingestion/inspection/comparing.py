"""Duplicates side by side."""

import hashlib

import pandas as pd
from pandas.io.formats.style import Styler

from ingestion.inspection.columns import FRAMES
from ingestion.rules.duplicates import differing_columns

_TINT = "background-color: #fdf3d8; color: #17252b"
"""What differs, as the dashboard tints it."""
_GROUP = ["email", "row_number"]


def side_by_side(duplicates: pd.DataFrame) -> Styler:
    """The rows of `Inspector.duplicates` by e-mail, what differs within a group tinted.

    Cells are shown as text, whatever they hold.
    """
    shown = _file_columns(duplicates)
    tints = pd.concat([_tints(group) for _, group in shown.groupby(level="email", sort=False)] or [shown])
    # The same rows give the same HTML, so that a notebook that is executed again is the same.
    styler = Styler(shown, uuid=hashlib.sha256(shown.to_csv().encode()).hexdigest()[:8], cell_ids=False)
    styler.format(escape="html").format_index(escape="html", axis=0).format_index(escape="html", axis=1)
    styler.set_table_attributes('class="tex2jax_ignore mathjax_ignore"')
    return styler.apply(lambda _: tints, axis=None)


def _tints(group: pd.DataFrame) -> pd.DataFrame:
    """Of each cell of a group its style."""
    differing = set(differing_columns(list(group.itertuples(index=False, name=None))))
    line = [_TINT if column in differing else "" for column in range(group.shape[1])]
    return pd.DataFrame([line] * len(group), index=group.index, columns=group.columns)


def _file_columns(duplicates: pd.DataFrame) -> pd.DataFrame:
    own = [column.name for column in FRAMES["duplicates"].columns if column.name not in _GROUP]
    # A plain frame: styling makes frames of it that are none of ours.
    return pd.DataFrame(duplicates.drop(columns=own)).set_index(_GROUP).fillna("")
