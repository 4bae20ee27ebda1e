"""What a command writes: tables and sentences for people, one JSON document for programs.

People's text is written so that a terminal takes none of it for a command: escape sequences, marks of
direction and whatever else nobody sees become a sign that everybody does.
"""

import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ingestion import words

_WIDE = 10_000
"""Columns, where no terminal has a width: nothing is shortened for programs such as grep."""


def safe(text: str) -> str:
    """The text in one line that a terminal only shows: no control character, nothing that turns its order."""
    return words.revealed(text).encode("utf-8", "replace").decode()


def lines_of(text: str) -> list[str]:
    """The same, of a text that has lines."""
    return [safe(line) if not line.startswith("  ") else f"  {safe(line)}" for line in text.split("\n")]


def say(message: str) -> None:
    """A sentence to the person, on standard error: standard output is for what was asked for."""
    click.echo(safe(message) if not message.startswith("  ") else f"  {safe(message)}", err=True)


def line(text: str = "") -> None:
    """A line of the answer."""
    click.echo(safe(text))


def document(value: Any) -> None:
    """The answer as one JSON document, in ASCII: also a terminal may be what reads it."""
    click.echo(json.dumps(value, default=_plain, indent=2))


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Sequence[str] = ()) -> None:
    """A table that fits the terminal: the columns of `numbers` are to the right, and never shortened."""
    shown = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for head in heads:
        is_number = head in numbers
        shown.add_column(
            Text(safe(head)),
            justify="right" if is_number else "left",
            no_wrap=is_number,
            overflow="fold" if is_number else "ellipsis",
        )
    for row in rows:
        shown.add_row(*(Text(_cell(value)) for value in row))
    console = _console()
    with console.capture() as written:
        console.print(shown)
    for one in written.get().splitlines():
        click.echo(one.rstrip())  # a table is filled up with blanks to its right edge


def fields(pairs: Iterable[tuple[str, object]]) -> None:
    """Names and values, a line each; those without a value are left out."""
    shown = [(name, _cell(value)) for name, value in pairs if value not in (None, "")]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        click.echo(f"{name:<{width}}  {value}")


def moment(time: dt.datetime | None) -> str:
    """`2026-11-23 17:42`, in UTC."""
    return f"{time.astimezone(dt.UTC):%Y-%m-%d %H:%M}" if time else ""


def is_watched() -> bool:
    """Whether somebody sees what moves on standard error."""
    return sys.stderr.isatty()


def _console() -> Console:
    is_terminal = sys.stdout.isatty()
    return Console(file=sys.stdout, width=None if is_terminal else _WIDE, highlight=False, emoji=False)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dt.datetime):
        return moment(value)
    return safe(str(value))


def _plain(value: Any) -> Any:
    """What JSON has no word for."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
