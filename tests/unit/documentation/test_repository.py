"""The pages of this repository: their links, their code, and that they say what the code says."""

import pytest

from documentation import assembly, blocks, links
from documentation.pages import Page, files_of, pages_of
from documentation.problems import ROOT, Problem
from documentation.reference import pages as reference

PAGES = pages_of(ROOT)


def told(problems: list[Problem]) -> str:
    return "\n".join(map(str, problems))


def test_links_lead_somewhere() -> None:
    assert told(links.problems(PAGES, files_of(ROOT))) == ""


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.blocks or page.code], ids=lambda page: page.path
)
def test_code_is_what_it_says(page: Page) -> None:
    assert told(blocks.problems(page)) == ""


def test_pages_that_the_code_writes_say_what_it_says() -> None:
    assert told(reference.problems(ROOT)) == ""


def test_every_page_is_listed() -> None:
    assert told(assembly.problems(ROOT)) == ""
