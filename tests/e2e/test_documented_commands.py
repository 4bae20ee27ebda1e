"""The blocks that pages mark with `<!-- run -->`, in their order, beside the product as run.py starts it."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from documentation.blocks import expected_exit_code
from documentation.pages import Page, pages_of
from tests.launcher import PROJECT, Launcher, copy_of_project
from tests.page_sessions import PageSession, says, steps

PAGES = [page for page in pages_of(PROJECT) if steps(page)]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[PageSession]:
    """A product that nobody has used, and what runs a page's blocks beside it."""
    with copy_of_project(tmp_path) as project:
        launcher = Launcher(project)
        blocks = tmp_path / "blocks"
        blocks.mkdir()
        session = PageSession(project, blocks, launcher.address())
        yield session
        session.close()
        launcher.end(signal.SIGINT)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_what_a_page_tells_to_run_does_what_it_says(page: Page, session: PageSession) -> None:
    for block, shown in steps(page):
        ended = session.run(block)

        place = f"{page.path}:{block.line}"
        assert ended.code == expected_exit_code(block), f"{place}\n{ended.output}"
        assert shown is None or says(ended.output, shown.text), f"{place}\n{ended.output}"
