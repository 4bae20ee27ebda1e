"""How pages are read: headings, links, blocks and what is said before them; of notebooks the Markdown."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from documentation.pages import Block, Page, files_of, page_of, slug_of


@pytest.mark.parametrize(
    ("heading", "slug"),
    [
        ("What was tried", "what-was-tried"),
        ("The page *People*", "the-page-people"),
        ("Alive, and ready?", "alive-and-ready"),
        ("AWS_ENDPOINT_URL", "aws_endpoint_url"),
        ("S3 & SQS", "s3--sqs"),
        ("Größe", "größe"),
        ("Read-only", "read-only"),
    ],
)
def test_a_heading_has_github_s_anchor(heading: str, slug: str) -> None:
    page = Page("a.md", f"# {heading}\n")

    assert slug_of(page.title) == slug
    assert page.anchors == {slug}


def test_equal_headings_have_numbered_anchors() -> None:
    assert Page("a.md", "# Why\n\n## Why\n\n## `Why`\n").anchors == {"why", "why-1", "why-2"}


def test_links_and_pictures_are_found_with_their_lines_and_code_has_none() -> None:
    page = Page("a.md", "[a](b.md)\n\n- ![c](d.png)\n\n`[e](f.md)`\n\n```text\n[g](h.md)\n```\n")

    assert [(link.line, link.target) for link in page.links] == [(1, "b.md"), (3, "d.png")]


def test_a_block_has_the_mark_that_stands_right_before_it() -> None:
    text = "<!-- run -->\n```sh\nls\n```\n\n<!-- not of a block -->\n\nText.\n\n```\nx\n```\n\n    indented\n"

    assert Page("a.md", text).blocks == [
        Block("a.md", 2, "sh", "ls\n", "run"),
        Block("a.md", 10, "", "x\n"),
        Block("a.md", 14, "", "indented\n", is_fenced=False),
    ]


def test_a_notebook_is_its_markdown(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# One\n", "more"]},
        {"cell_type": "code", "source": ["print(1)"]},
        {"cell_type": "markdown", "source": ["## Two"]},
    ]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells}))

    assert page_of(tmp_path, "a.ipynb").text == "# One\nmore\n\n## Two"


def test_files_are_those_that_git_does_not_ignore(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    for name, text in {".gitignore": "build/\n", "ä.md": "", "build/b.md": "", "docs/c.md": ""}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    found = {".gitignore", "ä.md", "docs/c.md"}
    assert files_of(tmp_path) == found
    shutil.rmtree(tmp_path / ".git")
    assert files_of(tmp_path) == found, "without a clone"
