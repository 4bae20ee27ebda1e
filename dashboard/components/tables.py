"""What tables have in common."""

from typing import Literal

_ROWS, _PIXELS = 15, 560


def height(rows: int, *, most: int = _ROWS, pixels: int = _PIXELS) -> int | Literal["content"]:
    """Of a table: as high as its rows, or, where there are more than `most`, so high that it scrolls."""
    return "content" if rows <= most else pixels
