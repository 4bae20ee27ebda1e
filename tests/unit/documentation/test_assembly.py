"""The site's source: where pages go, and that their links lead where they led."""

import subprocess
from pathlib import Path

import pytest

from documentation.assembly import REPOSITORY, assemble, contents, problems
from documentation.pages import Page

INDEX = "# Us\n\n[a](a.md) in a sentence.\n\n## Using it\n\n- [A](a.md): first\n- [C](../CHANGELOG.md)\n"
FILES = {
    "docs/index.md": INDEX,
    "docs/a.md": "# A\n\n[b](deep/b.md#x) [r](../run.py) [c](../CHANGELOG.md)\n[d](decisions) ![p](p.png)\n",
    "docs/deep/b.md": "# X\n\n[a](../a.md), [f](../../infra), [t](../../tests), [e](https://example.com)\n",
    "docs/decisions/README.md": "# D\n",
    "docs/decisions/0001-x.md": "# 1. X\n",
    "docs/p.png": "png",
    "infra/README.md": "# I\n\n[a](../docs/a.md)\n",
    "CHANGELOG.md": "# C\n",
    "run.py": "",
    "tests/x.py": "",
    "notebooks/n.ipynb": '{"cells": [{"cell_type": "markdown", "source": ["[a](../docs/a.md)"]}]}',
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small repository."""
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def source(root: Path) -> Path:
    """The site's source, made of it."""
    (root / ".git" / "site").mkdir()
    (root / ".git" / "site" / "left-over.md").write_text("")
    assemble(root, root / ".git" / "site")
    return root / ".git" / "site"


def test_pages_and_pictures_are_in_their_places_and_nothing_else(source: Path) -> None:
    assert {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()} == {
        *("index.md", "a.md", "deep/b.md", "decisions/README.md", "decisions/0001-x.md", "p.png"),
        *("infra.md", "changelog.md", "notebooks/n.ipynb"),
    }


@pytest.mark.parametrize(
    ("page", "links"),
    [
        (
            "a.md",
            f"[b](deep/b.md#x) [r]({REPOSITORY}/run.py) [c](changelog.md)\n[d](decisions/README.md)",
        ),
        (
            "a.md",
            "[d](decisions/README.md) ![p](p.png)",
        ),
        ("deep/b.md", f"[a](../a.md), [f](../infra.md), [t]({REPOSITORY}/tests), [e](https://example.com)"),
        ("infra.md", "[a](a.md)"),
        ("notebooks/n.ipynb", '"[a](../a.md)"'),
    ],
)
def test_links_lead_where_they_led(source: Path, page: str, links: str) -> None:
    assert links in (source / page).read_text()


def test_the_contents_are_what_the_index_lists(source: Path) -> None:
    assert list(contents(Page("docs/index.md", INDEX))) == [
        ("Using it", [("A", "a.md"), ("C", "../CHANGELOG.md")])
    ]
    assert (
        (source / "index.md")
        .read_text()
        .endswith("```{toctree}\n:hidden:\n:caption: Using it\n\nA <a>\nC <changelog>\n```\n")
    )


def test_a_page_that_the_index_does_not_list_is_found(root: Path) -> None:
    assert [problem.page for problem in problems(root)] == [
        *("docs/decisions/README.md", "docs/deep/b.md", "infra/README.md", "notebooks/n.ipynb")
    ]
