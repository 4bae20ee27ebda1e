"""A second look at lines that were read, opened only if it comes to that."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Self

Again = AbstractContextManager[Iterator[str]]


class Rereading:
    """Gives lines by their numbers, forward only. What `lines_again` opens is closed with the context."""

    def __init__(self, lines_again: Callable[[], Again]) -> None:
        self._open = lines_again
        self._opened: Again | None = None
        self._held: list[str] = []
        self._start = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._opened is not None:
            self._opened.__exit__(None, None, None)

    def lines(self, start: int, count: int) -> list[str]:
        """So many lines from the one numbered `start` (from 0), which is no smaller than at the last call."""
        if self._opened is None:
            self._opened = self._open()
            self._source = self._opened.__enter__()
        reached = self._start + len(self._held)
        if start >= reached:
            for _ in itertools.islice(self._source, start - reached):
                pass
            self._held = []
        else:
            del self._held[: start - self._start]
        self._start = start
        self._held += itertools.islice(self._source, max(count - len(self._held), 0))
        return self._held[:count]
