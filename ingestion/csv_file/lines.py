"""The lines of a text file, one by one, or as many as were read at once."""

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ingestion.csv_file import limits

_READ_AT_ONCE = 256 * 1024
"""Characters. What is made of so many still lies in a processor's cache."""
_FEW = 32 * 1024
"""Bytes, of which there is hardly a point in looking at them together."""

_UTF_8 = frozenset({"utf-8", "utf-8-sig"})
_BYTES = "latin-1"
"""Reads each byte as one character, and writes it as it was."""
_MARK = codecs.BOM_UTF8.decode(_BYTES)


class Lines:
    """The lines of a text, as `open(…, newline="")` gives them; at any time also those ahead, in UTF-8."""

    def __init__(self, text: IO[str], *, are_bytes: bool) -> None:
        """`text` is read on from where it stands; `are_bytes`: its characters stand for bytes of UTF-8."""
        self._text = text
        self._are_bytes = are_bytes
        self._next = io.StringIO()
        self._ahead = b""
        """What comes after the lines of `_next`."""
        self.reads = 0
        """How often the text was read from: when this changes, so does what lies ahead."""

    @staticmethod
    @contextmanager
    def opened(path: Path, encoding: str) -> Iterator["Lines"]:
        """The lines of a file. Raises, also later, UnicodeError where its bytes are not text, and
        UnreadableFile where it has hardly any line ends.
        """
        # UTF-8 is what is wanted: it is not decoded and encoded again, but only looked at.
        codec = codecs.lookup(encoding).name
        are_bytes = codec in _UTF_8
        with path.open(encoding=_BYTES if are_bytes else encoding, newline="") as text:
            if codec == "utf-8-sig" and text.read(len(_MARK)) != _MARK:
                text.seek(0)
            yield Lines(text, are_bytes=are_bytes)

    def __iter__(self) -> Iterator[str]:
        while ahead := self._ahead or self._read():
            self._next, self._ahead = io.StringIO(ahead.decode(), newline=""), b""
            yield from self._next

    def bytes_read(self) -> int:
        """How far into the file reading has come."""
        position: int = self._text.buffer.tell()  # type: ignore[attr-defined]
        return position

    def ahead(self) -> bytes:
        """Some of the lines that come next, whole ones, in UTF-8; nothing at the end of the text."""
        self._ahead = self._next.read().encode() + self._ahead
        if len(self._ahead) < _FEW:
            self._ahead += self._read()
        return self._ahead

    def skip(self, size: int) -> None:
        """Leave out lines: so many bytes of what `ahead` gave."""
        self._ahead = self._ahead[size:]

    def _read(self) -> bytes:
        # Not in the middle of a line, nor between the two characters that end it.
        text, rest = self._text.read(_READ_AT_ONCE), self._text.readline(limits.LONGEST_LINE + 1)
        if len(rest) > limits.LONGEST_LINE:
            raise limits.too_long_line(limits.LONGEST_LINE)
        text += rest
        self.reads += 1
        if not self._are_bytes:
            return text.encode()
        content = text.encode(_BYTES)
        content.decode()  # or it raises UnicodeError
        return content
