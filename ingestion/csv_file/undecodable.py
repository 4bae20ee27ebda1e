"""Where a file holds bytes that are not text in its encoding."""

import codecs
import re
from pathlib import Path

_CHUNK = 64 * 1024
_ESCAPED = re.compile("[\udc00-\udcff]")
_HALF = re.compile("[\ud800-\udfff]")
_BREAK = re.compile("\n|\x85")
_HANDLER = "ingestion.locate"


def _as_lone_surrogate(error: UnicodeError) -> tuple[str, int]:
    # As PEP 383 does, but for bytes below 0x80 too: in UTF-16 and ISO-2022 they may be the wrong ones.
    assert isinstance(error, UnicodeDecodeError)
    return chr(0xDC00 + error.object[error.start]), error.end


codecs.register_error(_HANDLER, _as_lone_surrogate)


def first_undecodable(path: Path, encoding: str) -> tuple[int, int, int | None] | None:
    """Line, column (both from 1, in characters) and value of the first byte that is not of this encoding.

    None when all of them are. In UTF-7, which is ASCII that stands for other characters, the value is None.
    Streams: a file of any size takes little memory, also one without line ends. Raises UnicodeError where
    the codec gives no place: no mark in UTF-16, an escape that never ends.
    """
    wrong = _HALF if encoding == "utf-7" else _ESCAPED
    line, column = 1, 1
    with path.open(encoding=encoding, errors=_HANDLER) as text:
        while chunk := text.read(_CHUNK):
            found = wrong.search(chunk)
            before = chunk[: found.start()] if found else chunk
            breaks = [line_end.end() for line_end in _BREAK.finditer(before)]
            line += len(breaks)
            column = len(before) - breaks[-1] + 1 if breaks else column + len(before)
            if found:
                return line, column, None if wrong is _HALF else ord(found[0]) - 0xDC00
    return None


def has_undecodable(path: Path, encoding: str) -> bool:
    """Whether some of it is not of this encoding, also what Python's codec lets pass."""
    try:
        return first_undecodable(path, encoding) is not None
    except UnicodeError:
        return True


def has_half_characters(text: str) -> bool:
    """Whether it holds surrogates, as Python's UTF-7 makes of bytes that are not UTF-7."""
    return not text.isascii() and _HALF.search(text) is not None
