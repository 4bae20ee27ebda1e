"""How well encodings are told apart: lists of contacts in each, in its languages and in sizes from one name.

`python -m trials.encodings [[FIRST] SEEDS] [-v]` prints what came of them, with -v also each list whose
encoding was not among the answers, and exits with 1 on any silent wrong guess.
"""

import random
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from ingestion.csv_file.encodings import detect
from trials.encoding_names import COMPANIES, FAMILY, GIVEN, LANGUAGES
from trials.encoding_oddities import ODDITIES

UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
SIZES = (1, 3, 30, 200)
_KINDS = ("plain", "plain", "semicolons", "shouted", "CRLF")


class Outcome(StrEnum):
    """What came of a list."""

    RIGHT = "right"
    ASKED = "asked, truth shown"
    MISSED = "asked, truth missing"
    WRONG = "silently wrong"


@dataclass(frozen=True)
class Case:
    """One list and how it is written."""

    encoding: str
    language: str
    size: int
    text: str
    codec: str = ""

    @property
    def content(self) -> bytes:
        """Its bytes."""
        return self.text.encode(self.codec or self.encoding)


ENCODINGS = (*UNICODE, *LANGUAGES)


def cases(seeds: range, encodings: Iterable[str] = ENCODINGS) -> Iterator[Case]:
    """Each encoding with each of its languages, in every size; and, as `mixed`, with all of them."""
    for encoding in encodings:
        languages = (LANGUAGES.get(encoding) or " ".join(GIVEN)).split()
        for seed in seeds:
            for size in SIZES:
                for language in languages:
                    text = contact_list([language], encoding, size, _random(f"{seed} {language} {size}"))
                    yield Case(encoding, language, size, text)
                mixed = contact_list(languages, encoding, size, _random(f"{seed} mixed {size}"))
                yield Case(encoding, "mixed", size, mixed)


def oddities() -> Iterator[Case]:
    """Misleading lists, whole and cut to three words. What an encoding lacks is lost, as in real exports."""
    for name, (words, encodings) in ODDITIES.items():
        for encoding in encodings.split():
            cells = [word.encode(encoding, "replace").decode(encoding) for word in words.split(" ")]
            for size in {3, len(cells)}:
                rows = "".join(f"c{at}@example.com,{cell}\r\n" for at, cell in enumerate(cells[:size]))
                if not rows.isascii():
                    yield Case("oddities", f"{name} {encoding}", size, "email,last\r\n" + rows, encoding)


def contact_list(languages: list[str], encoding: str, size: int, rng: random.Random) -> str:
    """A list with as many non-ASCII names as `size` says, in as many rows and some more of ASCII."""
    kind = rng.choice(_KINDS)
    rows: list[list[str]] = []
    special = 0
    while special < size:
        language = rng.choice(languages)
        company = rng.choice(COMPANIES[language].split("|")) if size > 1 else "Acme"
        row = [rng.choice(GIVEN[language].split()), rng.choice(FAMILY[language].split()), company]
        if kind == "shouted":
            row = [cell.upper() for cell in row]
        row = [_carried(cell, encoding) or f"Smith{len(rows)}" for cell in row]
        if size <= 3:  # then one name a row is what there is
            row[rng.randrange(2)] = "Max"
            row[2] = "Acme"
        special += any(not cell.isascii() for cell in row)
        rows.append([f"contact{len(rows)}@example{rng.randrange(20)}.com", *row])
        if len(rows) > 20 * size + 100:
            break
    delimiter = ";" if kind == "semicolons" else ","
    end = "\r\n" if kind == "CRLF" else "\n"
    return "".join(delimiter.join(row) + end for row in [["email", "first", "last", "company"], *rows])


def outcome(case: Case) -> Outcome:
    """What came of one list."""
    content = case.content
    found = detect(content, is_complete=True)
    right = [content.decode(reading.encoding) == case.text for reading in found.readings]
    if found.is_certain:
        return Outcome.RIGHT if right[0] else Outcome.WRONG
    return Outcome.ASKED if any(right) else Outcome.MISSED


def _random(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311  the same lists every time


def _carried(cell: str, encoding: str) -> str | None:
    if encoding == "cp1258":  # holds Vietnamese vowels whole, and their tones as marks
        cell = "".join(_with_tone(character) for character in cell)
    try:
        cell.encode(encoding)
    except UnicodeEncodeError:
        return None
    return cell


def _with_tone(character: str) -> str:
    base, *marks = list(unicodedata.normalize("NFD", character))
    tone = "".join(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
    rest = "".join(mark for mark in marks if mark not in tone)
    return unicodedata.normalize("NFC", base + rest) + tone


def main() -> int:
    """Print the table; 1 when anything was guessed wrong in silence."""
    seeds = range(*(int(bound) for bound in sys.argv[1:] if bound.isdigit())) if sys.argv[1:] else range(3)
    table: dict[tuple[str, int], Counter[Outcome]] = {}
    wrong = []
    for case in chain(cases(seeds), oddities()):
        came = outcome(case)
        table.setdefault((case.encoding, case.size), Counter())[came] += 1
        if came is Outcome.WRONG or (came is Outcome.MISSED and "-v" in sys.argv):
            wrong.append((came, case))
    print(f"{'encoding':14} {'names':>5}  " + "  ".join(f"{came:>20}" for came in Outcome))
    for (encoding, size), counts in table.items():
        print(f"{encoding:14} {size:5}  " + "  ".join(f"{counts[came] or '':>20}" for came in Outcome))
    total = sum(table.values(), Counter[Outcome]())
    print(f"{'all':14} {'':5}  " + "  ".join(f"{total[came]:>20}" for came in Outcome))
    for came, case in wrong:
        found = detect(case.content, is_complete=True).readings
        print(came, case.encoding, case.language, case.size, [(r.encoding, r.excerpts[:4]) for r in found])
    return 1 if total[Outcome.WRONG] else 0


if __name__ == "__main__":
    raise SystemExit(main())
