"""How blocks are run: what is kept from one to the next, how they end, and what they have to say."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from documentation.pages import Block, Page
from tests.launcher import PROJECT
from tests.page_sessions import Ended, PageSession, says, steps


@pytest.fixture
def session(tmp_path: Path) -> Iterator[PageSession]:
    """One in this repository, where the dashboard would be on another port."""
    session = PageSession(PROJECT, tmp_path, "http://127.0.0.1:9999")
    yield session
    session.close()


def block(text: str, language: str = "sh", line: int = 1, mark: str = "run") -> Block:
    return Block("a.md", line, language, text, mark)


def test_what_a_block_sets_is_there_for_the_next(session: PageSession) -> None:
    assert session.run(block("cd docs\nX=1\n")) == Ended(0, "")
    assert session.run(block("echo $X $(basename $PWD)\n", line=2)) == Ended(0, "1 docs")
    assert session.run(block("x = 1\n", "python")) == Ended(0, "")
    assert session.run(block("print(x + 1)\n", "python", line=2)) == Ended(0, "2")


def test_the_first_command_that_fails_ends_a_block(session: PageSession) -> None:
    assert session.run(block("echo before; (exit 3)\necho after\n")) == Ended(3, "before")


def test_a_block_that_is_to_fail_ends_with_its_last_command(session: PageSession) -> None:
    assert session.run(block("false\n(exit 3)\n", mark="run: exits with 3")) == Ended(3, "")
    assert session.run(block("echo on\n", line=2)) == Ended(0, "on")


def test_an_exception_is_a_failure(session: PageSession) -> None:
    ended = session.run(block("1 / 0\n", "python"))

    assert (ended.code, ended.output.splitlines()[-1]) == (1, "ZeroDivisionError: division by zero")


def test_the_dashboard_is_where_it_is_and_shown_where_pages_say(session: PageSession) -> None:
    assert session.run(block("x=http://127.0.0.1:8501; echo $x ${#x} ${x##*:} | tr 9 9\n")).output == (
        "http://127.0.0.1:8501 21 9999"
    )


def test_a_page_is_its_marked_blocks_with_what_they_print() -> None:
    page = Page(
        "a.md",
        "```sh\na\n```\n<!-- run -->\n```sh\nb\n```\n\n<!-- output -->\n```text\nB\n```\n"
        "<!-- run -->\n```sh\nc\n```\n",
    )

    assert [(run.text, shown and shown.text) for run, shown in steps(page)] == [("b\n", "B\n"), ("c\n", None)]


@pytest.mark.parametrize(
    ("shown", "fits"),
    [
        ("job 7\n2 rows\ndone", True),
        ("job …\n2 rows\ndone", True),
        ("job 7\n…\ndone", True),
        ("…", True),
        ("…\ndone\n…", True),
        ("job 8\n2 rows\ndone", False),
        ("job 7\ndone", False),
        ("job 7\n2 rows", False),
        ("job …\ndone", False),
    ],
)
def test_output_is_what_is_shown(shown: str, fits: bool) -> None:
    assert says("job 7\n2 rows\ndone\n", shown) is fits
