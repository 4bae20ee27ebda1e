"""The static site as it is built: complete, by itself, and with every warning an error."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from documentation import site
from documentation.problems import ROOT
from tests.browser import launched_or_skipped

NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# One upload\n"]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "source": ["1 + 1"],
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["2"]}],
        },
    ],
    "metadata": {"language_info": {"name": "python", "pygments_lexer": "ipython3"}},
    "nbformat": 4,
    "nbformat_minor": 4,
}
FILES = {
    "docs/index.md": "# Us\n\n## Using it\n\n- [Rules](rules.md)\n- [One upload](../notebooks/one.ipynb)\n",
    "docs/rules.md": "# Rules\n\n[Code](../run.py), [below](#which-rows).\n\n## Which rows\n\nMarmalade.",
    "notebooks/one.ipynb": json.dumps(NOTEBOOK),
    "run.py": "",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small repository, whose site is set up as ours is."""
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    shutil.copy(ROOT / "docs" / "conf.py", tmp_path / "docs")
    shutil.copytree(ROOT / "docs" / "_static", tmp_path / "docs" / "_static")
    shutil.copytree(ROOT / "dashboard" / "assets", tmp_path / "dashboard" / "assets")
    return tmp_path


def test_links_to_files_lead_to_the_clone_or_to_the_address_that_is_given(root: Path) -> None:
    assert site.build(root, None) == 0
    assert 'href="../../run.py"' in (root / "build" / "site" / "rules.html").read_text()

    assert site.build(root, "https://example.com/us/blob/main") == 0
    assert (
        'href="https://example.com/us/blob/main/run.py"'
        in (root / "build" / "site" / "rules.html").read_text()
    )


def test_an_anchor_that_is_not_there_is_an_error(root: Path) -> None:
    rules = root / "docs" / "rules.md"
    rules.write_text(rules.read_text().replace("#which-rows", "#which-columns"))

    assert site.build(root, None) != 0


@pytest.mark.browser
def test_pages_and_the_search_ask_nobody_else(root: Path) -> None:
    assert site.build(root, None) == 0
    address = (root / "build" / "site").as_uri()
    with launched_or_skipped() as browser:
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for name in ("index", "rules", "notebooks/one"):
            page.goto(f"{address}/{name}.html")
        page.goto(f"{address}/search.html?q=marmalade")
        found = page.locator(".search a").first
        found.wait_for()
        assert found.get_attribute("href") == "rules.html"
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
