"""Markdown that is the same whoever writes it."""

import textwrap
from collections.abc import Iterable, Sequence

_WRITTEN = "<!-- Written by `python -m documentation reference`: change the code that it tells of. -->"
_WIDTH = 110


def page(title: str, *parts: str) -> str:
    """A whole page, which says that it is written by a program."""
    return "\n\n".join([f"# {title}", _WRITTEN, *(part.strip("\n") for part in parts if part.strip())]) + "\n"


def paragraph(text: str) -> str:
    """A paragraph in lines that can be read as they are."""
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; what is in a cell cannot end it."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def code(text: str) -> str:
    """Text as code within a line."""
    return f"`{text}`"


def usage(synopsis: str) -> str:
    """A synopsis, marked as one, so that what it names is checked."""
    return f"<!-- usage -->\n{block('text', synopsis)}"


def block(language: str, text: str) -> str:
    """A block of code."""
    return f"```{language}\n{text.rstrip()}\n```"
