"""What is trimmed and cleaned in Python is in Postgres, character by character."""

import sys

from sqlalchemy import text

from db.engine import Sessions
from ingestion.rules.cells import BLANKS, ODD, clean, trim
from tests.conftest import Submit

TRIMMED = text(
    "SELECT position, btrim(cell, :blanks) FROM unnest(CAST(:cells AS text[])) WITH ORDINALITY"
    " AS cells(cell, position) ORDER BY position"
)
# NUL and surrogates cannot be stored.
CHARACTERS = [chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]


def trimmed_by_postgres(sessions: Sessions, cells: list[str]) -> list[str]:
    with sessions() as session:
        found = session.execute(TRIMMED, {"blanks": BLANKS, "cells": cells})
        return [cell for _, cell in found]


def test_every_character_is_white_space_to_both_or_to_neither(sessions: Sessions) -> None:
    cells = [f"{character}a{character}" for character in CHARACTERS]

    trimmed = trimmed_by_postgres(sessions, cells)

    assert len(trimmed) == len(cells)
    different = [cell for cell, found in zip(cells, trimmed, strict=True) if found != trim(cell)]
    assert different == []
    assert sum(found == "a" for found in trimmed) == len(BLANKS)


def test_white_space_inside_is_kept_and_a_blank_is_emptied_by_both(sessions: Sessions) -> None:
    cells = ["", BLANKS, f"{BLANKS}a{BLANKS}b{BLANKS}", "no\u200bspace\u200b", "\\s", "*% "]

    assert trimmed_by_postgres(sessions, cells) == [trim(cell) for cell in cells]
    assert trim(cells[1]) == ""
    assert trim(cells[2]) == f"a{BLANKS}b"


def test_every_character_is_cleaned_alike_by_both(processed: Submit, sessions: Sessions) -> None:
    """In contacts themselves: a name for each character."""
    characters = [c for c in CHARACTERS if c in BLANKS or c in ODD or ord(c) % 97 == 0 if c not in '"']
    names = [f"{character}a{character}b{character}" for character in characters]
    rows = "".join(f'a{number}@x.com,"{name}",L,C\n' for number, name in enumerate(names))
    job_id = processed(f"email,first_name,last_name,company\n{rows}".encode())

    with sessions() as session:
        found = session.execute(
            text("SELECT email, first_name FROM final_contacts WHERE job_id = :job"), {"job": job_id}
        )
        cleaned = {row.email: row.first_name for row in found}

    assert len(cleaned) == len(names)
    assert cleaned == {f"a{number}@x.com": clean(name) for number, name in enumerate(names)}
