import io

import pytest

from local.console import Console


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Gone(io.StringIO):
    """A terminal that was closed."""

    def write(self, text: str) -> int:
        raise OSError(5, text)


def test_a_plain_stream_gets_plain_lines() -> None:
    stream = io.StringIO()
    console = Console(stream)
    with console.step("Database") as step:
        step.progress("starting")
        step.result = "127.0.0.1:5432"
    console.failure("no")
    assert "\033" not in stream.getvalue()
    assert "\r" not in stream.getvalue()
    first, second = stream.getvalue().splitlines()
    assert first.split() == ["ok", "Database", "0.0", "s", "127.0.0.1:5432"]
    assert second == "failed: no"


def test_a_terminal_gets_progress_in_place() -> None:
    stream = Terminal()
    with Console(stream).step("Database") as step:
        step.progress("starting")
    assert "starting" in stream.getvalue()
    assert stream.getvalue().count("\n") == 1
    assert "✓" in stream.getvalue()


def test_colours_can_be_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    Console(stream).heading("Title")
    assert stream.getvalue() == "\r\033[KTitle\n"


def test_a_failed_step_leaves_no_line() -> None:
    stream = io.StringIO()
    with pytest.raises(ValueError, match="x"), Console(stream).step("Database"):
        raise ValueError("x")
    assert stream.getvalue() == ""


def test_a_closed_terminal_is_no_error() -> None:
    Console(Gone()).line("still here")
