"""From one page of a list to the next, each known by what it comes after."""

from typing import TypeVar

import streamlit as st

Cursor = TypeVar("Cursor")


def show(cursors: list[Cursor], after: Cursor | None, *, back: str, on: str) -> None:
    """Buttons to the page before, and to the one that comes `after` something; None: there is none.

    `cursors` has what each page up to the one shown comes after; the first comes after nothing.
    """
    with st.container(horizontal=True, horizontal_alignment="right"):
        if cursors and st.button(back, icon=":material/chevron_left:"):
            cursors.pop()
            st.rerun()
        if after is not None and st.button(on, icon=":material/chevron_right:", icon_position="right"):
            cursors.append(after)
            st.rerun()
