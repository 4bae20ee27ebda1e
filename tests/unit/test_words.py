"""People's text is shown with all that is in it."""

import pytest

from ingestion import words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ana  López\n", "Ana López"),
        ("a\0b\x1b[2J", "a⍽b⍽[2J"),
        ("abc\u202efdp.exe", "abc⍽fdp.exe"),
        ("\u200b", "⍽"),
    ],
)
def test_what_nobody_sees_is_shown_by_a_sign(text: str, shown: str) -> None:
    assert words.revealed(text) == shown
