"""Unicode normalization that takes no longer than the text is."""

import sys
import unicodedata
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.rules import identity, normalization, passwords
from ingestion.rules.identity import fold
from ingestion.rules.normalization import MOST_MARKS, Form, normalize
from tests.spies import noted

LONG = "a" * 200
SHUFFLED = "\u0301\u0323"
"""Two marks that are put in the other order."""
FORMS: tuple[Form, ...] = get_args(Form)


@pytest.fixture
def normalized(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Python is asked to normalize."""
    return noted(monkeypatch, unicodedata, "normalize", 1)


@pytest.mark.parametrize("form", FORMS)
@given(text=st.text(st.sampled_from("aÅe각ᄀ\u1161\u11a8ﾀﾞ½\u0f73\u0301\u0323\u0345"), max_size=MOST_MARKS))
def test_what_people_write_is_normalized_as_ever(form: Form, text: str) -> None:
    assert normalize(form, LONG + text) == unicodedata.normalize(form, LONG + text)
    assert normalize(form, text) == unicodedata.normalize(form, text)


@pytest.mark.parametrize("form", FORMS)
def test_a_long_text_of_every_script_is_normalized_as_ever(form: Form) -> None:
    text = "".join(f"a{chr(code)}" for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)

    assert normalize(form, text) == unicodedata.normalize(form, text)


@pytest.mark.parametrize("marks", [SHUFFLED, "\u0f73", "\uff9e\u0f81", "\u0344\u0323"])
def test_marks_without_end_are_normalized_in_short_pieces(normalized: list[str], marks: str) -> None:
    normalize("NFKC", "a" + marks * 5_000)

    assert "".join(normalized) == "a" + marks * 5_000
    assert max(map(len, normalized)) <= MOST_MARKS + 1


def test_every_character_that_begins_with_a_mark_is_known_as_one() -> None:
    others = {
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if not unicodedata.combining(character)
        and unicodedata.combining(unicodedata.normalize("NFKD", character)[:1] or "a")
    }

    assert others == normalization._ARE_MARKS


def test_a_name_of_marks_without_end_is_folded_in_short_pieces_and_equal_to_itself_only(
    normalized: list[str],
) -> None:
    name = "A" + SHUFFLED * 5_000

    assert fold(name) == fold(name.lower())
    assert fold(name) != fold(name + "b")
    assert max(map(len, normalized)) <= MOST_MARKS + 1


def test_long_names_are_not_kept_in_memory() -> None:
    before = identity._kept.cache_info().currsize

    fold("\u00e9" * 100_000)

    assert identity._kept.cache_info().currsize == before


def test_what_is_too_long_for_a_password_is_refused_without_being_normalized(normalized: list[str]) -> None:
    typed = SHUFFLED * 40_000

    assert "at most 64" in (passwords.problem_of(typed) or "").lower()
    assert passwords.normalized(typed) == typed
    assert normalized == []
