"""Duplicates side by side."""

import pandas as pd
from pandas.io.formats.style import Styler

from ingestion.inspection.columns import FRAMES

_TINT = "background-color: #fdf3d8; color: #17252b"
"""What differs, as the dashboard tints it."""


def side_by_side(duplicates: pd.DataFrame) -> Styler:
    """The rows of `Inspector.duplicates` by e-mail, what differs within a group tinted.

    Cells are shown as text, whatever they hold.
    """
    own = [column.name for column in FRAMES["duplicates"].columns]
    shown = duplicates.drop(columns=[name for name in own if name not in ("email", "row_number")])
    shown = pd.DataFrame(shown.set_index(["email", "row_number"]).fillna(""))
    trimmed = shown.apply(lambda column: column.str.strip())
    differs = trimmed.groupby(level="email").transform("nunique") > 1
    styler = shown.style.format(escape="html").format_index(escape="html", axis=0)
    styler = styler.format_index(escape="html", axis=1)
    styler.set_table_attributes('class="tex2jax_ignore mathjax_ignore"')
    return styler.apply(lambda _: differs.replace({True: _TINT, False: ""}), axis=None)
