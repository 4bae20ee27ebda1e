"""What is written for people is safe for their terminal, and what is for programs is exact."""

import datetime as dt
import json

import pytest

from cli import showing
from ingestion.rules.issues import IssueType


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ana López", "Ana López"),
        ("\x1b]0;owned\x07x", "⍽]0;owned⍽x"),
        ("\x9b31mred", "⍽31mred"),
        ("a\0b\x7fc", "a⍽b⍽c"),
        ("two\nlines\r\tand\x85more\u2028", "two lines and more"),
        ("abc\u202efdp.exe", "abc⍽fdp.exe"),
        ("zero\u200bwidth\ufeff", "zero⍽width⍽"),
        ("\udcff.csv", "?.csv"),
        ("[red]not markup[/red] :smile:", "[red]not markup[/red] :smile:"),
    ],
)
def test_a_terminal_only_shows_peoples_text(text: str, shown: str) -> None:
    assert showing.safe(text) == shown


def test_a_table_holds_no_control_sequence_and_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    showing.table(("Id", "[b]Column\x1b[2J"), [("1,000", "[red]\x1b[31mcell")], numbers=("Id",))

    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "[b]Column⍽[2J" in out
    assert "[red]⍽[31mcell" in out


def test_nothing_is_shortened_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    showing.table(("A", "B"), [("x" * 300, "y" * 300)])

    assert "x" * 300 + "   " + "y" * 300 + "\n" in capsys.readouterr().out


def test_a_document_is_exact_and_in_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    at = dt.datetime(2026, 11, 23, 18, 42, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    showing.document({"cell": "\x9b\u202eé", "at": at, "type": IssueType.MISSING_EMAIL, "may": {"b", "a"}})

    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == {
        "cell": "\x9b\u202eé",
        "at": "2026-11-23T17:42:00Z",
        "type": "MISSING_EMAIL",
        "may": ["a", "b"],
    }


def test_what_has_no_place_in_json_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="object has no place"):
        showing.document(object())
