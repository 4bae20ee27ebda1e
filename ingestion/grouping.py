"""Rows grouped by e-mail, in memory that does not grow with the file."""

import tempfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from ingestion.rules.identity import Identity

_PARTITIONS = 64
_IN_MEMORY = 256 * 1024
"""Bytes of a partition that stay in memory before it moves to disk."""
_UNIT = "\x1f"


class Member(NamedTuple):
    """A row of a group: its number, and its identity in a form to be compared."""

    row_number: int
    identity: str


class RowsByEmail:
    """Takes rows in file order; gives back the groups of two and more.

    Rows of one e-mail fall into one partition (as in a Grace hash join), and one partition at a time is read
    back into memory.
    """

    def __init__(self) -> None:
        self._partitions = [
            tempfile.SpooledTemporaryFile(_IN_MEMORY, mode="w+", encoding="utf-8", newline="")  # noqa: SIM115
            for _ in range(_PARTITIONS)
        ]

    def __enter__(self) -> "RowsByEmail":
        return self

    def __exit__(self, *_exception: object) -> None:
        for partition in self._partitions:
            partition.close()

    def add(self, email: str, row_number: int, identity: Identity) -> None:
        """Note a valid row. Folded values hold no line breaks, so a line holds a row."""
        # crc32, unlike hash(), is the same in every process: groups come out in one order.
        partition = self._partitions[zlib.crc32(email.encode()) % _PARTITIONS]
        partition.write(f"{email}\x02{row_number}\x02{_UNIT.join(identity)}\n")

    def groups(self) -> Iterator[tuple[str, list[Member]]]:
        """Each e-mail that several rows have, with these rows in file order."""
        for partition in self._partitions:
            rows: dict[str, list[Member]] = {}
            partition.seek(0)
            for line in partition:
                email, row_number, identity = line.rstrip("\n").split("\x02", 2)
                rows.setdefault(email, []).append(Member(int(row_number), identity))
            for email, members in rows.items():
                if len(members) > 1:
                    yield email, members
