"""Columns of a file, as people name them on a command line."""

from collections.abc import Sequence
from typing import Any

import click

from ingestion.errors import InvalidDecision


class NoSuchColumn(InvalidDecision):
    """The file has no column of this name. Nothing was stored."""


class Pair(click.ParamType[tuple[str, str]]):
    """COLUMN=VALUE; the value may be blank, and hold further equals signs."""

    name = "COLUMN=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """The column's name and the value."""
        if isinstance(value, tuple):
            return value
        name, separator, rest = str(value).partition("=")
        if not separator or not name:
            self.fail(f"{value!r} is not COLUMN=VALUE.", param, ctx)
        return name, rest


def place_of(names: Sequence[str], name: str) -> int:
    """Where a column stands: by its exact name, else by a spelling that only one has. Raises NoSuchColumn."""
    for spelling in (str, _folded):
        found = [at for at, one in enumerate(names) if spelling(one) == spelling(name)]
        if len(found) == 1:
            return found[0]
    raise NoSuchColumn(f"There is no column {name!r} in the file, but: {', '.join(names)}.")


def with_values(cells: Sequence[str], names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> list[str]:
    """A row with other values in some columns. Raises NoSuchColumn."""
    changed = list(cells)
    for name, value in pairs:
        changed[place_of(names, name)] = value
    return changed


def _folded(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).casefold()
