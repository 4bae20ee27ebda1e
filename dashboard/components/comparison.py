"""Rows as HTML: side by side with what differs marked, and the fields of one row.

Made here, because a table of Streamlit's cuts long values and cannot mark a part of one. All of people's text
is escaped, and Streamlit's sanitizer looks at the result once more. Characters that nobody sees, such as
those that turn the direction of writing, are shown by a sign: values that look the same are the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from ingestion.rules.cells import ODD, UNSEEN, is_blank
from ingestion.rules.differences import Part, parts_of_each

_BLANK = "<em>blank</em>"
_SIGN = "⍽"
_UNSEEN = str.maketrans(UNSEEN, _SIGN * len(UNSEEN))
_ODD = str.maketrans(ODD, _SIGN * len(ODD))
"""Where characters differ that look the same, a space that cannot break is shown too."""


@dataclass(frozen=True)
class Column:
    """A row among others: its heading, the key that chooses it if one does, and its cells."""

    title: str
    cells: Sequence[str]
    key: str = ""
    is_result: bool = False
    """Whether it is what the others become."""


def side_by_side(names: Sequence[str], fields: Iterable[int], rows: Sequence[Column]) -> str:
    """Some fields down, rows across. What differs is tinted, its characters marked, and blanks named."""
    head = "".join(f"<th scope=col{_class(row)}>{_key(row.key)}{escape(row.title)}</th>" for row in rows)
    body = "".join(_line(names[at], [row.cells[at] for row in rows], rows) for at in fields)
    return (
        "<div class='rows' tabindex=0><table>"
        f"<thead><tr><th scope=col>Field</th>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def fields(names: Sequence[str], cells: Sequence[str], at: Iterable[int], marked: int | None = None) -> str:
    """Some fields of one row, side by side; one of them marked."""
    pairs = "".join(
        f"<div{' class=asked' if place == marked else ''}><dt>{_shown(names[place])}</dt>"
        f"<dd dir=auto>{_text(cells[place])}</dd></div>"
        for place in at
    )
    return f"<dl class='fields'>{pairs}</dl>"


def _line(name: str, values: list[str], rows: Sequence[Column]) -> str:
    received = [value for value, row in zip(values, rows, strict=True) if not row.is_result]
    parts = parts_of_each(received)
    differs = len({tuple(some) for some in parts}) > 1
    shown = iter(parts)
    cells = "".join(
        f"<td dir=auto{_class(row)}>{_text(value) if row.is_result else _marked(next(shown))}</td>"
        for value, row in zip(values, rows, strict=True)
    )
    return f"<tr{' class=differs' if differs else ''}><th scope=row>{_shown(name)}</th>{cells}</tr>"


def _class(row: Column) -> str:
    return " class=result" if row.is_result else ""


def _key(key: str) -> str:
    return f"<kbd>{escape(key)}</kbd> " if key else ""


def _text(value: str) -> str:
    return _BLANK if is_blank(value) else _shown(value)


def _shown(text: str) -> str:
    return escape(text.translate(_UNSEEN))


def _marked(parts: Sequence[Part]) -> str:
    if all(is_blank(part.text) for part in parts):
        return _BLANK
    return "".join(
        f"<mark>{escape(part.text.translate(_ODD))}</mark>" if part.differs else _shown(part.text)
        for part in parts
    )
