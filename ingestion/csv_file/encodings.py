"""In which encoding a text is written: known, or a question with the likeliest answers.

A wrong silent guess is a defect, a question is not: only what no other encoding reads otherwise, or what
all others read as something that nobody would write, is certain.
"""

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from ingestion.csv_file import legacy
from ingestion.csv_file.plausibility import likelihood
from ingestion.csv_file.spelling import is_text
from ingestion.csv_file.undecodable import first_undecodable, has_half_characters

UNICODE = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16, little-endian",
    "utf-16-be": "UTF-16, big-endian",
    "utf-32": "UTF-32",
    "utf-32-le": "UTF-32, little-endian",
    "utf-32-be": "UTF-32, big-endian",
    "utf-7": "UTF-7",
}
ESCAPED = {
    "iso2022_jp": "Japanese (ISO-2022-JP)",
    "iso2022_jp_ext": "Japanese (ISO-2022-JP, extended)",
    "iso2022_jp_2004": "Japanese (ISO-2022-JP-2004)",
    "iso2022_kr": "Korean (ISO-2022-KR)",
    "hz": "Simplified Chinese (HZ)",
}
ALL = (
    UNICODE
    | legacy.SINGLE_BYTE
    | {"latin-1": "Western European (ISO 8859-1)", "iso8859-9": "Turkish (ISO 8859-9)"}
    | legacy.MULTI_BYTE
    | ESCAPED
    | legacy.EBCDIC
)
"""Every encoding that a file may have: the name of Python's codec, and what people call it."""
OFFERED = {name: label for name, label in ALL.items() if name not in ("utf-16", "utf-32")}
"""Those to choose from. These two take a mark at the beginning, and with it nothing is asked."""

MAX_EXCERPTS = 8
MAX_EXCERPT = 40
_READINGS = 3
_USUAL = "cp1252"
_SMALL, _FEW = 100_000, 4
"""Below so many bytes, so few characters of UTF-8 may be another encoding's by accident."""
_ACCIDENT = 2.0

_MARKS = [
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_CELL = re.compile(r'[^\r\n,;\t"\x85]*')
_BREAKS = re.compile(r'[\r\n,;\t"\x85]')
_NON_ASCII = re.compile(r"[^\x00-\x7f\x85\ufeff]")
_ESCAPE = re.compile(rb"\x1b[$(]")
_HZ = re.compile(rb"~\{([\x21-\x77][\x21-\x7e])+~\}")
# A run of digits is a telephone number.
_UTF7 = re.compile(rb"\+(?!\d+(?![A-Za-z0-9/+]))[A-Za-z0-9/+]{3}")
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")


@dataclass(frozen=True)
class Reading:
    """A text as one encoding reads it."""

    encoding: str
    """The name of Python's codec to open the file with."""
    label: str
    """What people call it."""
    excerpts: tuple[str, ...]
    """Some of the file's own cells with non-ASCII characters, distinct, in file order."""


@dataclass(frozen=True)
class Encoding:
    """The encoding of a file, or the question which it is."""

    readings: tuple[Reading, ...]
    """The likeliest first; at least one, at most three, which differ in what they read."""
    is_certain: bool
    """Whether the first reading is it, and nobody need be asked."""


def detect(content: bytes, *, is_complete: bool) -> Encoding:
    """The encoding of a text, from all of it or, unless `is_complete`, from its beginning."""
    if marked := _marked(content):
        return _certain(content, marked, is_complete)
    if b"\0" in content:
        for name in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
            if _reads_wide(content, name):
                return _certain(content, name, is_complete)
    if content.isascii():
        return _ascii(content, is_complete)
    text = _decoded(content, "utf-8-sig", is_complete)
    if text is not None:
        return _utf8(content, text, is_complete)
    return _legacy(content if is_complete else _whole_lines(content))


def read_as(content: bytes, encoding: str, *, is_complete: bool) -> Reading | None:
    """The text as a chosen encoding reads it; None when some bytes are not of that encoding."""
    text = _decoded(content, encoding, is_complete)
    return None if text is None else Reading(encoding, ALL[encoding], _excerpts(text))


def undecodable(path: Path, encoding: str) -> str:
    """What is said of a file with bytes that are not of its encoding: where the first of them stands."""
    label = ALL.get(encoding, encoding)
    try:
        found = first_undecodable(path, encoding)
    except UnicodeError:
        found = None
    if found is None:
        said = f"The file is not written in {label}."
    elif found[2] is None:
        said = f"Line {found[0]}, column {found[1]} is not {label}."
    else:
        said = f"Line {found[0]}, column {found[1]} holds the byte 0x{found[2]:02X}, which is not {label}."
    return f"{said} Save it as “CSV UTF-8 (comma delimited)” and upload it again."


def _marked(content: bytes) -> str | None:
    for mark, name in _MARKS:
        # The two bytes of UTF-16's mark are letters elsewhere; a table in UTF-16 holds NULs.
        if content.startswith(mark) and (name == "utf-8-sig" or b"\0" in content):
            return name
    return None


def _reads_wide(content: bytes, name: str) -> bool:
    """Whether this encoding without a mark reads the beginning as the table of text that it must be."""
    width = 4 if "32" in name else 2
    head = content[: 64 * 1024 // width * width]
    text = _decoded(head, name, is_complete=False)
    if text is None or not is_text(text.replace("\0", "\x01")):
        return False
    # Also in Chinese, what parts cells and lines is ASCII.
    return 10 * sum(map(str.isascii, text)) > len(text) and not {"\n", "\r"}.isdisjoint(text)


def _ascii(content: bytes, is_complete: bool) -> Encoding:
    """ASCII bytes are ASCII, unless they escape to other characters."""
    # To look for one byte first is many times as fast as to search for a pattern.
    if b"\x1b" in content and _ESCAPE.search(content):
        for name in ESCAPED:
            text = None if name == "hz" else _decoded(content, name, is_complete)
            if text is not None and not text.isascii() and is_text(text):
                return _certain(content, name, is_complete)
    plain = Reading("utf-8-sig", ALL["utf-8-sig"], ())
    for sign, pattern, name in ((b"~{", _HZ, "hz"), (b"+", _UTF7, "utf-7")):
        if sign in content and pattern.search(content) and (text := _decoded(content, name, is_complete)):
            excerpts = _excerpts(text)
            if is_text(text) and excerpts and likelihood(excerpts).flaws == 0:
                return Encoding((Reading(name, ALL[name], excerpts), plain), is_certain=False)
    return Encoding((plain,), is_certain=b"\x1b" not in content or not _ESCAPE.search(content))


def _utf8(content: bytes, text: str, is_complete: bool) -> Encoding:
    """Valid UTF-8 is UTF-8, unless it is so by a few bytes' accident."""
    utf8 = Reading("utf-8-sig", ALL["utf-8-sig"], _excerpts(text))
    if len(content) > _SMALL or len(_UTF8_SEQUENCE.findall(content)) > _FEW:
        return Encoding((utf8,), is_certain=True)
    cost = likelihood(utf8.excerpts).cost + _ACCIDENT
    others = legacy.candidates(content if is_complete else _whole_lines(content))
    closer = [other for other in others if other.likelihood.cost < cost and not other.likelihood.flaws]
    readings = [Reading(it.encoding, ALL[it.encoding], _shortened(_non_ascii(it.cells))) for it in closer]
    return Encoding((utf8, *readings[: _READINGS - 1]), is_certain=not closer)


def _legacy(content: bytes) -> Encoding:
    mainframe = legacy.is_ebcdic(content)
    found = legacy.ebcdic_candidates(content) if mainframe else legacy.candidates(content)
    if not found:
        text = content.decode("latin-1")
        return Encoding((Reading("latin-1", ALL["latin-1"], _excerpts(text)),), is_certain=False)
    is_certain = legacy.is_certain(found, content)
    best = found[:1] if is_certain else _answers(found)
    rows = list(zip(*(candidate.cells for candidate in best), strict=True)) if not mainframe else []
    telling = [row for row in rows if len(set(row)) > 1] or rows
    # First, of any two readings, a cell in which they differ: two that look alike are no question.
    pairs = combinations(range(len(best)), 2) if rows else ()
    decisive = (next((row for row in rows if row[one] != row[other]), rows[0]) for one, other in pairs)
    telling = list(dict.fromkeys([*decisive, *telling]))
    readings = []
    for at, candidate in enumerate(best):
        cells = [row[at] for row in telling] or _non_ascii(candidate.cells)
        readings.append(Reading(candidate.encoding, ALL[candidate.encoding], _shortened(cells)))
    return Encoding(tuple(readings), is_certain)


def _answers(found: Sequence[legacy.Candidate]) -> list[legacy.Candidate]:
    """The likeliest, and what most files are written in among them wherever it may be right."""
    best = list(found[:_READINGS])
    usual = [it for it in found[_READINGS:] if it.encoding == _USUAL and not it.likelihood.flaws]
    return [*best[: _READINGS - 1], *usual] if usual else best


def _certain(content: bytes, name: str, is_complete: bool) -> Encoding:
    text = _decoded(content, name, is_complete)
    if text is None:
        # The mark or the pattern says what it is; opening it will name the bytes that are damaged.
        text = content.decode(name, "ignore")
    return Encoding((Reading(name, ALL[name], _excerpts(text)),), is_certain=True)


def _decoded(content: bytes, encoding: str, is_complete: bool) -> str | None:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(content, is_complete)
    except UnicodeError:
        return None
    return None if encoding == "utf-7" and has_half_characters(text) else text


def _whole_lines(content: bytes) -> bytes:
    """Without a last line that may end within a character."""
    end = max(content.rfind(b"\n"), content.rfind(b"\r"))
    return content[: end + 1] or content


def _excerpts(text: str) -> tuple[str, ...]:
    cells: dict[str, None] = {}
    at = 0
    while len(cells) < 4 * MAX_EXCERPTS and (found := _NON_ASCII.search(text, at)):
        line = text[max(at, found.start() - 200) : found.start()]
        begin = found.start() - len(_BREAKS.split(line)[-1])
        cell = _CELL.match(text, begin, found.start() + 200)
        at = max(cell.end(), found.end()) if cell else found.end()
        cells[text[begin:at]] = None
    return _shortened(cells)


def _non_ascii(cells: Iterable[str]) -> list[str]:
    return [cell for cell in cells if _NON_ASCII.search(cell)]


def _shortened(cells: Iterable[str]) -> tuple[str, ...]:
    shown = dict.fromkeys(_short(cell.strip(" \ufeff'")) for cell in cells)
    return tuple(cell for cell in shown if cell)[:MAX_EXCERPTS]


def _short(cell: str) -> str:
    if len(cell) <= MAX_EXCERPT:
        return cell
    found = _NON_ASCII.search(cell)
    begin = max(0, min(found.start() - MAX_EXCERPT // 2 if found else 0, len(cell) - MAX_EXCERPT + 1))
    return ("…" if begin else "") + cell[begin : begin + MAX_EXCERPT - 2] + "…"
