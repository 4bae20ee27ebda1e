"""The files of a trial and what is done with each: from the seed, before anything starts."""

import csv
import gzip
import io
import math
import random
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ingestion.csv_file.options import ParseOptions
from ingestion.csv_file.proposal import propose
from ingestion.csv_file.source import examine
from tests.contacts import write_contacts
from tests.unit.csv_file.workbooks import workbook

_ROWS = (10, 40_000)
_MOST_IN_WORKBOOK = 2_500
MAX_BYTES = 50_000_000


class Shape(StrEnum):
    """What kind of file it is."""

    TEXT = "text"
    PACKED = "gzip"
    WORKBOOK = "workbook"
    CLEAN = "clean text"
    """Nothing is to be decided about it: it completes by itself."""
    DAMAGED = "damaged gzip"
    OTHER_ENCODING = "text in another encoding than was said"


BAD = frozenset({Shape.DAMAGED, Shape.OTHER_ENCODING})
"""Files that no worker can read, however often."""
_SHAPES = {
    Shape.TEXT: 9,
    Shape.PACKED: 3,
    Shape.WORKBOOK: 3,
    Shape.CLEAN: 3,
    Shape.DAMAGED: 1,
    Shape.OTHER_ENCODING: 1,
}


@dataclass(frozen=True)
class Script:
    """What its operators do with an upload that is in review."""

    decisions: int
    """So many issues are settled one by one."""
    undoes: bool
    """The newest of these decisions is taken back."""
    finishes: bool
    """The rest is settled by bulk answers, and the contacts are made."""
    reopens: bool
    """Then the newest bulk answer is taken back and given otherwise, and the contacts are made again."""
    is_contested: bool
    """Whether two operators do every step at the same time, and decide differently."""


@dataclass(frozen=True)
class Planned:
    """One upload to come."""

    number: int
    at: float
    """Seconds after the trial began."""
    name: str
    shape: Shape
    rows: int
    content: bytes
    options: ParseOptions
    script: Script
    is_deleted: bool
    """Whether its operator deletes it while it is worked on."""
    deleted_after: float
    """Seconds after it was sent."""

    @property
    def is_bad(self) -> bool:
        """Whether it must fail."""
        return self.shape in BAD


def uploads(chance: random.Random, *, count: int, seconds: float, scratch: Path) -> list[Planned]:
    """So many uploads within so many seconds, in order of their moments. `scratch` is overwritten."""
    return [
        _planned(chance, number, at=(number + chance.random()) * seconds / count, scratch=scratch)
        for number in range(count)
    ]


def _planned(chance: random.Random, number: int, *, at: float, scratch: Path) -> Planned:
    # The first ones are of each shape: a short trial has them all.
    shapes = list(_SHAPES)
    shape = shapes[number] if number < len(shapes) else chance.choices(shapes, list(_SHAPES.values()))[0]
    rows = _log_uniform(chance, *_ROWS)
    if shape is Shape.WORKBOOK:
        rows = min(rows, _MOST_IN_WORKBOOK)
    name, good, content = _file(chance, shape, rows, scratch)
    source = examine(good, is_complete=True, max_bytes=MAX_BYTES)
    return Planned(
        number=number,
        at=at,
        name=name,
        shape=shape,
        rows=rows,
        content=content,
        options=propose(source).options(),
        script=_script(chance),
        is_deleted=chance.random() < 0.1,
        deleted_after=chance.uniform(0, 2),
    )


def _script(chance: random.Random) -> Script:
    finishes = chance.random() < 0.7
    return Script(
        decisions=chance.choice((0, 2, 5, 12)),
        undoes=chance.random() < 0.4,
        finishes=finishes,
        reopens=finishes and chance.random() < 0.3,
        is_contested=chance.random() < 0.4,
    )


def _file(chance: random.Random, shape: Shape, rows: int, scratch: Path) -> tuple[str, bytes, bytes]:
    """A name, a good file from which it is told how to read it, and the file that is sent."""
    if shape is Shape.CLEAN:
        text = _clean(chance, rows)
    else:
        write_contacts(scratch, rows=rows, seed=chance.randrange(1_000_000))
        text = scratch.read_bytes()
    match shape:
        case Shape.PACKED:
            packed = gzip.compress(text, mtime=0)
            return "contacts.csv.gz", packed, packed
        case Shape.WORKBOOK:
            book = workbook({"Contacts": _table(text)})
            return "contacts.xlsx", book, book
        case Shape.DAMAGED:
            packed = gzip.compress(text, mtime=0)
            return "contacts.csv.gz", packed, packed[: len(packed) // 2]
        case Shape.OTHER_ENCODING:
            return "contacts.csv", text, text + "zoë@x.example,Zoë,,\n".encode("latin-1")
        case _:
            return "contacts.csv", text, text


def _clean(chance: random.Random, rows: int) -> bytes:
    lines = [f"c{number}@x{chance.randrange(10**9)}.example,Ana,No{number},Acme" for number in range(rows)]
    return "\n".join(["email,first_name,last_name,company", *lines, ""]).encode()


def _table(text: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode().replace("\0", ""), newline="")))


def _log_uniform(chance: random.Random, least: int, most: int) -> int:
    return round(least * math.exp(chance.random() * math.log(most / least)))
