"""What is trimmed in Python is trimmed in Postgres, character by character."""

import sys

from sqlalchemy import text

from db.engine import Sessions
from ingestion.rules.cells import WHITESPACE, trim

TRIMMED = text(
    "SELECT position, btrim(cell, :whitespace) FROM unnest(CAST(:cells AS text[])) WITH ORDINALITY"
    " AS cells(cell, position) ORDER BY position"
)
# NUL and surrogates cannot be stored.
CHARACTERS = [chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]


def trimmed_by_postgres(sessions: Sessions, cells: list[str]) -> list[str]:
    with sessions() as session:
        found = session.execute(TRIMMED, {"whitespace": WHITESPACE, "cells": cells})
        return [cell for _, cell in found]


def test_every_character_is_white_space_to_both_or_to_neither(sessions: Sessions) -> None:
    cells = [f"{character}a{character}" for character in CHARACTERS]

    trimmed = trimmed_by_postgres(sessions, cells)

    assert len(trimmed) == len(cells)
    different = [cell for cell, found in zip(cells, trimmed, strict=True) if found != trim(cell)]
    assert different == []
    assert sum(found == "a" for found in trimmed) == len(WHITESPACE)


def test_white_space_inside_is_kept_and_a_blank_is_emptied_by_both(sessions: Sessions) -> None:
    cells = ["", WHITESPACE, f"{WHITESPACE}a{WHITESPACE}b{WHITESPACE}", "no\u200bspace\u200b", "\\s", "*% "]

    assert trimmed_by_postgres(sessions, cells) == [trim(cell) for cell in cells]
    assert trim(cells[1]) == ""
    assert trim(cells[2]) == f"a{WHITESPACE}b"
