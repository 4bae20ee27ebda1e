"""The pages of the documentation as tests read them: headings, and the tables below each."""

import re
from dataclasses import dataclass, field
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"

NO_CELL = "∅"
"""Stands where a row of a file ends."""


@dataclass
class Table:
    """A table of a page, its cells as they are meant: see `cell`."""

    head: list[str]
    lines: list[list[str]] = field(default_factory=list)


@dataclass
class Section:
    """A heading without its marks, and what stands below it until the next one."""

    heading: str
    tables: list[Table] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


def sections(path: Path) -> list[Section]:
    """The page's sections, in order; fenced blocks are no part of them."""
    found = [Section("")]
    table: Table | None = None
    for line in _outside_fences(path.read_text(encoding="utf-8").splitlines()):
        if not line.startswith("|"):
            table = None
            if line.startswith("#"):
                found.append(Section(line.lstrip("#").strip()))
            else:
                found[-1].text.append(line)
        elif table is None:
            table = Table(_cells(line))
            found[-1].tables.append(table)
        elif not line.startswith("|-"):
            table.lines.append(_cells(line))
    return found


def table_with(path: Path, *head: str) -> Table:
    """The one table of a page that begins with these columns."""
    [found] = [
        table
        for section in sections(path)
        for table in section.tables
        if table.head[: len(head)] == list(head)
    ]
    return found


def cell(written: str) -> str:
    """What a cell means: between backticks exactly that, where `␣` is a space and `\\u00a0` one character."""
    quoted = re.fullmatch(r"`(.*)`", written)
    if quoted is None:
        return written
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), quoted[1].replace("␣", " "))


def _cells(line: str) -> list[str]:
    parts = re.split(r"(?<!\\)\|", line.strip())[1:-1]
    return [part.strip().replace("\\|", "|") for part in parts]


def _outside_fences(lines: list[str]) -> list[str]:
    kept, is_inside = [], False
    for line in lines:
        if line.startswith("```"):
            is_inside = not is_inside
        elif not is_inside:
            kept.append(line)
    return kept
