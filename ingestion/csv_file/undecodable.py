"""Where a file holds bytes that are not text in its encoding."""

import codecs
import re
from pathlib import Path

_CHUNK = 64 * 1024
_ESCAPED = re.compile("[\udc00-\udcff]")
_BREAK = re.compile("\n|\x85")
_HANDLER = "ingestion.locate"


def _as_lone_surrogate(error: UnicodeError) -> tuple[str, int]:
    # As PEP 383 does, but for bytes below 0x80 too: in UTF-16 and ISO-2022 they may be the wrong ones.
    assert isinstance(error, UnicodeDecodeError)
    return chr(0xDC00 + error.object[error.start]), error.end


codecs.register_error(_HANDLER, _as_lone_surrogate)


def first_undecodable(path: Path, encoding: str) -> tuple[int, int, int] | None:
    """Line, column (both from 1, in characters) and value of the first byte that is not of this encoding.

    None when all of them are. Streams: a file of any size takes little memory, also one without line ends.
    """
    line, column = 1, 1
    with path.open(encoding=encoding, errors=_HANDLER) as text:
        while chunk := text.read(_CHUNK):
            found = _ESCAPED.search(chunk)
            before = chunk[: found.start()] if found else chunk
            breaks = [line_end.end() for line_end in _BREAK.finditer(before)]
            line += len(breaks)
            column = len(before) - breaks[-1] + 1 if breaks else column + len(before)
            if found:
                return line, column, ord(found[0]) - 0xDC00
    return None
