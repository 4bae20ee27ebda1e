"""White space, invisible characters and blanks."""

import sys

import pytest

from ingestion.rules.cells import BLANKS, WHITESPACE, clean, is_blank, trim, visible


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
        ("\u200ba\ufeff", "a"),
        (" \u200b \u202aa\u202c \u00ad", "a"),
        ("a\u00a0\u00a0b", "a\u00a0\u00a0b"),
        ("a\u200bb", "a\u200bb"),
        ("\u00a0", ""),
        (" \u200b\u00a0", ""),
        ("\x07", ""),
    ],
)
def test_what_nobody_sees_around_a_cell_is_trimmed(cell: str, trimmed: str) -> None:
    assert trim(cell) == trimmed
    assert is_blank(cell) == (trimmed == "")


@pytest.mark.parametrize(
    ("cell", "cleaned"),
    [
        (" Ana ", "Ana"),
        ("Ana\u00a0Maria", "Ana Maria"),
        ("Ana\u202fMaria\u200b", "Ana Maria"),
        ("An\u00ada", "Ana"),
        ("\u200eאנה\u200f", "אנה"),
        ("Ana\x07", "Ana"),
        ("Two\nLines", "Two\nLines"),
        ("山田\u3000太郎", "山田\u3000太郎"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
    ],
)
def test_a_clean_cell_has_nothing_invisible_but_what_belongs_to_the_spelling(cell: str, cleaned: str) -> None:
    assert clean(cell) == cleaned


def test_what_is_compared_has_nothing_invisible_at_all() -> None:
    assert visible("a\u200d\u200c\ufeffb\u00ad\x07") == "ab"
    assert visible("José Ñandú") == "José Ñandú"


def test_every_character_is_trimmed_that_is_white_space_or_invisible() -> None:
    for character in map(chr, range(sys.maxunicode + 1)):
        assert (trim(f"{character}a{character}") == "a") == (character in BLANKS or character == "a") or (
            character not in BLANKS
        )
        assert is_blank(character) == (character in BLANKS)
        if character.isspace():
            assert character in WHITESPACE
