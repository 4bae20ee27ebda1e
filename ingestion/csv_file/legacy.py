"""Which of the encodings from before Unicode a text is in, as far as its bytes tell."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile

from ingestion.csv_file.plausibility import Likelihood, likelihood
from ingestion.csv_file.spelling import is_text

# Of encodings that read a text alike the first listed is named: a superset comes before its subset.
SINGLE_BYTE = {
    "cp1252": "Western European (Windows-1252)",
    "cp1250": "Central European (Windows-1250)",
    "cp1251": "Cyrillic (Windows-1251)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "cp1255": "Hebrew (Windows-1255)",
    "cp1256": "Arabic (Windows-1256)",
    "cp1257": "Baltic (Windows-1257)",
    "cp1258": "Vietnamese (Windows-1258)",
    "cp874": "Thai (Windows-874)",
    "iso8859-15": "Western European (ISO 8859-15)",
    "iso8859-2": "Central European (ISO 8859-2)",
    "iso8859-3": "South European (ISO 8859-3)",
    "iso8859-4": "North European (ISO 8859-4)",
    "iso8859-5": "Cyrillic (ISO 8859-5)",
    "iso8859-6": "Arabic (ISO 8859-6)",
    "iso8859-7": "Greek (ISO 8859-7)",
    "iso8859-8": "Hebrew (ISO 8859-8)",
    "iso8859-10": "Nordic (ISO 8859-10)",
    "iso8859-13": "Baltic (ISO 8859-13)",
    "iso8859-14": "Celtic (ISO 8859-14)",
    "iso8859-16": "South-Eastern European (ISO 8859-16)",
    "koi8-r": "Russian (KOI8-R)",
    "koi8-u": "Ukrainian (KOI8-U)",
    "mac_roman": "Western European (Mac Roman)",
    "mac_latin2": "Central European (Mac)",
    "mac_croatian": "Croatian (Mac)",
    "mac_romanian": "Romanian (Mac)",
    "mac_iceland": "Icelandic (Mac)",
    "mac_turkish": "Turkish (Mac)",
    "mac_cyrillic": "Cyrillic (Mac)",
    "mac_greek": "Greek (Mac)",
    "cp850": "Western European (DOS 850)",
    "cp858": "Western European (DOS 858)",
    "cp437": "Western European (DOS 437)",
    "cp852": "Central European (DOS 852)",
    "cp855": "Cyrillic (DOS 855)",
    "cp866": "Cyrillic (DOS 866)",
    "cp737": "Greek (DOS 737)",
    "cp869": "Greek (DOS 869)",
    "cp857": "Turkish (DOS 857)",
    "cp862": "Hebrew (DOS 862)",
    "cp1125": "Ukrainian (DOS 1125)",
    "kz1048": "Kazakh (KZ-1048)",
    "hp-roman8": "Western European (HP Roman-8)",
    "cp720": "Arabic (DOS 720)",
    "cp775": "Baltic (DOS 775)",
    "cp860": "Portuguese (DOS 860)",
    "cp861": "Icelandic (DOS 861)",
    "cp863": "Canadian French (DOS 863)",
    "cp865": "Nordic (DOS 865)",
}
MULTI_BYTE = {
    "cp932": "Japanese (Shift JIS)",
    "euc_jp": "Japanese (EUC-JP)",
    "gb18030": "Simplified Chinese (GB 18030)",
    "cp950": "Traditional Chinese (Big5)",
    "big5hkscs": "Traditional Chinese (Big5-HKSCS)",
    "cp949": "Korean (Windows-949)",
}
EBCDIC = {
    "cp037": "EBCDIC, United States (037)",
    "cp500": "EBCDIC, international (500)",
    "cp1140": "EBCDIC, United States with euro (1140)",
    "cp273": "EBCDIC, German (273)",
    "cp424": "EBCDIC, Hebrew (424)",
    "cp875": "EBCDIC, Greek (875)",
    "cp1026": "EBCDIC, Turkish (1026)",
}

MARGIN = 14.0
"""How much likelier, in nats, a reading is than any other one to be taken without a question: a million."""
_MAX_FLAWS, _MAX_STRANGE = 0.05, 0.2
"""Above these shares of its words the likeliest reading is not good enough: the true one may be missing."""
_PIECE, _PIECES = 64 * 1024, 12
_MAX_CELLS = 2500
_MOST_HIGH_BYTES = 32 * 1024
"""Non-ASCII bytes of the cells that are judged: each is a letter in dozens of encodings and languages."""
_SOME = 60

_ASCII = bytes(range(0x80))
# None of these bytes is ever a part of a longer character, in any of the encodings.
_END_OF_CELL = re.compile(rb'[\r\n,;\t"]+')
# The bytes by their part in UTF-8: 1 continues a character, 2 to 4 begin one of so many bytes.
_UTF8_PARTS = bytes([0] * 0x80 + [1] * 0x40 + [0] * 2 + [2] * 0x1E + [3] * 0x10 + [4] * 5 + [0] * 11)
_UTF8_CHARACTERS = (b"\2\1", b"\3\1\1", b"\4\1\1\1")
_EBCDIC_TEXT = re.compile(
    rb"[\x40\x4b\x5e\x60\x6b\x6d\x0d\x15\x25\x81-\x89\x91-\x99\xa2-\xa9\xc1-\xc9\xd1-\xd9\xe2-\xe9\xf0-\xf9]"
)
# The end of an address (`.com,`): all variants have these bytes in common.
_EBCDIC_DOMAIN = re.compile(rb"\x4b[\x81-\x89\x91-\x99\xa2-\xa9]{2,}[\x05\x0d\x15\x25\x40\x5e\x6b\x7f]")
_EBCDIC_SYMBOLS = str.maketrans(dict.fromkeys("{}[]~\\^`|!#$", "¤"))
_SIGN_INSIDE = re.compile(r"[^\W\d_][™®©][^\W\d_]").search
"""Nobody writes such a sign between letters: another reading is meant, though none may look likely."""
_CELL_OF_TEXT = re.compile(r'[\r\n,;\t"\x85]+')


@dataclass(frozen=True)
class Candidate:
    """An encoding, how it reads the cells that tell, and how likely that is."""

    encoding: str
    cells: tuple[str, ...]
    likelihood: Likelihood


def candidates(content: bytes) -> list[Candidate]:
    """The distinct readings of a text that is neither ASCII nor Unicode, the likeliest first.

    Of encodings that read all of it alike one stands for all.
    """
    cells = _telling_cells(content)
    high = bytes(set(content.translate(None, _ASCII)))
    singles = [name for name in SINGLE_BYTE if _is_text_in(high, name)]
    # A codec for double bytes decides by sequence, so that all of the content has to be seen.
    multis = [name for name in MULTI_BYTE if _is_text_in(b"\n".join(cells), name) and _decodes(content, name)]
    return _ranked([(name, tuple(cell.decode(name) for cell in cells)) for name in (*singles, *multis)])


def is_ebcdic(content: bytes) -> bool:
    """Whether the bytes stand where a mainframe's letters, digits and blanks do, and not where ASCII's do."""
    sample = content[:_PIECE]
    if sample.count(b"\n") * 500 > len(sample) or b"\0" in sample:
        return False
    share = len(_EBCDIC_TEXT.findall(sample)) / max(len(sample), 1)
    return share > (0.4 if _EBCDIC_DOMAIN.search(sample) else 0.8) and sum(sample) > 0x70 * len(sample)


def ebcdic_candidates(content: bytes) -> list[Candidate]:
    """As `candidates`, of the variants of EBCDIC. Symbols are no part of words: the variants differ there."""
    sample = content[: _PIECE * _PIECES]
    rest = set(content) - set(sample)
    for byte in rest:
        at = content.find(byte)
        sample += b"\x15" + content[max(0, at - 50) : at + 50]
    found = []
    for name in EBCDIC:
        if not _decodes(sample, name):
            continue
        text = sample.decode(name)
        if is_text(text.replace("\x85", "\n")):
            found.append((name, tuple(dict.fromkeys(_CELL_OF_TEXT.split(text)))[:_MAX_CELLS]))
    return _ranked(found, [tuple(cell.translate(_EBCDIC_SYMBOLS) for cell in cells) for _, cells in found])


def is_certain(found: Sequence[Candidate], content: bytes) -> bool:
    """Whether the first candidate is right beyond doubt."""
    best = found[0]
    if best.likelihood.flaws > _MAX_FLAWS or best.likelihood.strange > _MAX_STRANGE:
        return False
    if best.encoding in SINGLE_BYTE and _holds_utf8(content, best.encoding):
        return False
    if any(map(_SIGN_INSIDE, best.cells)):
        return False
    return all(other.likelihood.cost - best.likelihood.cost >= MARGIN for other in found[1:])


def _ranked(
    readings: Sequence[tuple[str, tuple[str, ...]]], judged: Sequence[tuple[str, ...]] | None = None
) -> list[Candidate]:
    distinct: dict[tuple[str, ...], Candidate] = {}
    for (name, cells), seen in zip(readings, judged or [cells for _, cells in readings], strict=True):
        if cells not in distinct:
            distinct[cells] = Candidate(name, cells, likelihood(seen))
    return sorted(distinct.values(), key=lambda candidate: candidate.likelihood.cost)


def _telling_cells(content: bytes) -> list[bytes]:
    """Distinct cells with non-ASCII bytes: from all over the content, and some for each of these bytes."""
    cells: dict[bytes, None] = {}
    for piece in _pieces(content):
        cells.update((cell, None) for cell in _END_OF_CELL.split(piece) if not cell.isascii())
        if len(cells) > _MAX_CELLS:
            break
    cells = dict.fromkeys(_as_many_as_tell(list(cells)[:_MAX_CELLS]))
    known = set(b"".join(cells))
    for byte in set(content.translate(None, _ASCII)) - known:
        at = -1
        for _ in range(_SOME):
            at = content.find(byte, at + 1)
            if at < 0:
                break
            cells[_cell_at(content, at)] = None
    return _as_many_as_tell(list(cells), 2 * _MOST_HIGH_BYTES)


def _as_many_as_tell(cells: list[bytes], most: int = _MOST_HIGH_BYTES) -> list[bytes]:
    """The first cells, until they hold so many non-ASCII bytes."""
    totals = accumulate(len(cell.translate(None, _ASCII)) for cell in cells)
    return cells[: 1 + sum(1 for _ in takewhile(most.__ge__, totals))]


def _pieces(content: bytes) -> Iterator[bytes]:
    first = re.search(rb"[\x80-\xff]", content)
    start = content.rfind(b"\n", 0, first.start()) + 1 if first else 0
    if len(content) - start <= _PIECE * _PIECES:
        yield content[start:]
        return
    step = (len(content) - start) // _PIECES
    for at in range(start, len(content) - _PIECE, step):
        begin = at if at == start else content.find(b"\n", at, at + _PIECE) + 1
        end = content.rfind(b"\n", begin, at + _PIECE)
        if begin < end:
            yield content[begin:end]


def _cell_at(content: bytes, at: int) -> bytes:
    around = max(0, at - 200)
    window = content[around : at + 200]
    begin = max((end.end() for end in _END_OF_CELL.finditer(window, 0, at - around)), default=0)
    following = _END_OF_CELL.search(window, at - around)
    return window[begin : following.start() if following else len(window)]


def _is_text_in(content: bytes, encoding: str) -> bool:
    try:
        return is_text(content.decode(encoding))
    except UnicodeDecodeError:
        return False


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _holds_utf8(content: bytes, encoding: str) -> bool:
    """Whether some words read well as UTF-8 and badly as this: two files in different encodings, joined."""
    for cell in _cells_with_utf8(content):
        if _decodes(cell, "utf-8") and _decodes(cell, encoding):
            flaws = likelihood([cell.decode()]).flaws, likelihood([cell.decode(encoding)]).flaws
            if flaws[0] < flaws[1]:
                return True
    return False


def _cells_with_utf8(content: bytes) -> set[bytes]:
    cells: set[bytes] = set()
    parts = content.translate(_UTF8_PARTS)  # whose search is thirty times as fast as a pattern's
    for character in _UTF8_CHARACTERS:
        at = -1
        for _ in range(_MAX_CELLS):
            at = parts.find(character, at + 1)
            if at < 0:
                break
            cells.add(_cell_at(content, at))
    return cells
