"""Which rows share their e-mail with another row, found in memory that does not grow with the file."""

import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Pairs = np.ndarray[Any, np.dtype[np.int64]]
"""Of each row the hash of its e-mail and its number: shape (rows, 2)."""

RowNumbers = npt.NDArray[np.int64]

_PARTITIONS = 64
_ROWS_PER_RUN = 64 * 1024
_PAIR_BYTES = 16
_ROWS_PER_LIST = 20_000
"""Read from the database at once. Many short lists would take twice as long."""


class RowsByEmail:
    """Takes the valid rows in file order; gives back the numbers of those that may share their e-mail.

    Nine rows of ten share theirs with nobody, so no more than a hash is kept of each, and names are compared
    for the others only. Equal hashes fall into one partition (as in a Grace hash join), and one partition at
    a time is read back into memory.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="emails-")  # noqa: SIM115  closed on exit
        self._pairs: list[Pairs] = []
        """Of the rows that are not in the file yet."""
        self._runs: list[npt.NDArray[np.int64]] = []

    def __enter__(self) -> "RowsByEmail":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._file.close()

    def add(self, emails: Sequence[bytes], row_numbers: Sequence[int]) -> None:
        """Note some rows: the e-mail and the number of each."""
        pairs = np.empty((len(emails), 2), dtype=np.int64)
        pairs[:, 0] = np.fromiter(map(hash, emails), dtype=np.int64, count=len(emails))
        pairs[:, 1] = row_numbers
        self._pairs.append(pairs)
        if sum(map(len, self._pairs)) >= _ROWS_PER_RUN:
            self._write()

    def shared(self) -> Iterator[RowNumbers]:
        """Row numbers, ascending, at least some ten thousand at once where there are as many.

        Rows of one e-mail come together. Rows whose e-mails merely have one hash may be among them.
        """
        self._write()
        gathered: list[RowNumbers] = []
        for partition in range(_PARTITIONS):
            gathered.append(self._shared_in(partition))
            if sum(map(len, gathered)) >= _ROWS_PER_LIST or partition == _PARTITIONS - 1:
                if len(numbers := np.concatenate(gathered)):
                    yield np.sort(numbers)
                gathered.clear()

    def _shared_in(self, partition: int) -> RowNumbers:
        pairs = self._read(partition)
        hashes = pairs[:, 0]
        order = np.argsort(hashes)
        is_same = np.diff(hashes[order]) == 0
        is_shared = np.append(is_same, False) | np.insert(is_same, 0, False)
        numbers: RowNumbers = pairs[order[is_shared[: len(order)]], 1]
        return numbers

    def _write(self) -> None:
        """Append a run to the file, ordered by partition; note where each partition begins in it."""
        pairs = np.concatenate(self._pairs or [np.empty((0, 2), dtype=np.int64)])
        partitions = pairs[:, 0] % _PARTITIONS
        order = np.argsort(partitions, kind="stable")
        begins = np.searchsorted(partitions[order], np.arange(_PARTITIONS + 1))
        self._runs.append(begins + self._file.tell() // _PAIR_BYTES)
        self._file.write(pairs[order].tobytes())
        self._pairs.clear()

    def _read(self, partition: int) -> Pairs:
        parts = []
        for begins in self._runs:
            begin, end = begins[partition : partition + 2].tolist()
            self._file.seek(begin * _PAIR_BYTES)
            parts.append(self._file.read((end - begin) * _PAIR_BYTES))
        return np.frombuffer(b"".join(parts), dtype=np.int64).reshape(-1, 2)
