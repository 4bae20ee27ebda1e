"""White space and blanks."""

import sys

import pytest

from ingestion.rules.cells import WHITESPACE, is_blank, trim


@pytest.mark.parametrize(
    ("cell", "trimmed"),
    [
        ("", ""),
        ("a", "a"),
        ("  a b  ", "a b"),
        ("\t\r\na\x0b\x0c", "a"),
        ("\u00a0a\u00a0", "a"),
        ("\u3000\u2003a\u2028\u2029", "a"),
        ("\x1c\x1d\x1e\x1fa\x85", "a"),
        ("\u200ba\ufeff", "\u200ba\ufeff"),
        ("a\u00a0\u00a0b", "a\u00a0\u00a0b"),
        ("\u00a0", ""),
    ],
)
def test_white_space_around_a_cell_is_trimmed(cell: str, trimmed: str) -> None:
    assert trim(cell) == trimmed
    assert is_blank(cell) == (trimmed == "")


def test_every_character_is_trimmed_or_kept_as_python_does() -> None:
    for character in map(chr, range(sys.maxunicode + 1)):
        assert trim(f"{character}a{character}") == f"{character}a{character}".strip()
        assert is_blank(character) == (character in WHITESPACE)
