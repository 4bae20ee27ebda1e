"""The source of the site: the pages as they are on GitHub, laid out for Sphinx.

`docs/` becomes the top, and pages elsewhere go beside it. Links are written anew: to pages of the site by
their places there, and to anything else in the repository by its address. `docs/index.md` lists
the pages.
"""

import posixpath
import re
import shutil
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from markdown_it.token import Token

from documentation.links import is_address, target_of
from documentation.pages import Page, files_of, page_of
from documentation.problems import Problem

INDEX = "docs/index.md"
REPOSITORY = "https://repository.invalid"
"""Stands in pages for the address of the repository, for Sphinx lets no link lead out of its source."""
DECISIONS = "docs/decisions/README.md"
_DECISION = "docs/decisions/0"
_ELSEWHERE = {
    "CHANGELOG.md": "changelog.md",
    "infra/README.md": "infra.md",
    "samples/README.md": "samples.md",
}


def assemble(root: Path, into: Path) -> None:
    """Lay the site's source out in the folder `into`, which is emptied before."""
    shutil.rmtree(into, ignore_errors=True)
    places = {path: place for path in files_of(root) if (place := site_path(path))}
    for path, place in places.items():
        target = into / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.endswith((".md", ".ipynb")):
            text = (root / path).read_text(encoding="utf-8")
            target.write_text(_for_the_site(page_of(root, path), text, places), encoding="utf-8")
        else:
            shutil.copyfile(root / path, target)


def site_path(path: str) -> str | None:
    """Where a file of the repository is in the site's source; None for one that is no part of it."""
    if path in _ELSEWHERE:
        return _ELSEWHERE[path]
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    return path if path.startswith("notebooks/") and path.endswith(".ipynb") else None


def problems(root: Path) -> list[Problem]:
    """Pages of the site that its index does not list; decisions have a list of their own."""
    index = page_of(root, INDEX)
    listed = {target_of(index, target)[0] for _, entries in contents(index) for _, target in entries}
    return [
        Problem(path, 1, f"{INDEX} does not list this page")
        for path in sorted(files_of(root))
        if site_path(path) and path.endswith((".md", ".ipynb"))
        if path not in listed | {INDEX} and not path.startswith(_DECISION)
    ]


def contents(index: Page) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The parts of the site, which are the headings of its index: name, and titles and targets of pages."""
    part, entries = "", list[tuple[str, str]]()
    for opened, inline in pairwise(index.tokens):
        if opened.type == "heading_open" and opened.tag == "h2":
            if entries:
                yield part, entries
            part, entries = inline.content, []
        elif opened.type == "paragraph_open" and opened.level > 0:  # in a list
            entries += _links(inline)
    if entries:
        yield part, entries


def _links(inline: Token) -> list[tuple[str, str]]:
    return [
        (text.content, str(opened.attrGet("href")))
        for opened, text in pairwise(inline.children or [])
        if opened.type == "link_open"
    ]


def _for_the_site(page: Page, text: str, places: Mapping[str, str]) -> str:
    for target in {link.target for link in page.links if not is_address(link.target)}:
        written = re.compile(rf"(\]\(|\]: ){re.escape(target)}(?=[)\s])")
        text = written.sub(rf"\g<1>{_link(page, target, places)}", text)
    if page.path == INDEX:
        return f"{text}\n{_toctrees(page, places)}"
    return f"{text}\n{_toctree('', [':glob:', '', '0*'])}" if page.path == DECISIONS else text


def _link(page: Page, target: str, places: Mapping[str, str]) -> str:
    """What a relative link is in the site."""
    path, anchor = target_of(page, target)
    behind = f"#{anchor}" if anchor else ""
    if path == page.path:
        return behind
    place = places.get(path) or places.get(f"{path}/README.md")
    if place is None:
        return f"{REPOSITORY}/{path}{behind}"
    return posixpath.relpath(place, posixpath.dirname(places[page.path]) or ".") + behind


def _toctrees(index: Page, places: Mapping[str, str]) -> str:
    return "\n".join(
        _toctree(part, ["", *(f"{title} <{_document(index, target, places)}>" for title, target in entries)])
        for part, entries in contents(index)
    )


def _document(index: Page, target: str, places: Mapping[str, str]) -> str:
    """A page by the name that Sphinx gives it; one that is not there by the name that it would have."""
    path, _ = target_of(index, target)
    return posixpath.splitext(places.get(path) or str(site_path(path)))[0]


def _toctree(caption: str, lines: list[str]) -> str:
    options = [":hidden:", *([f":caption: {caption}"] if caption else [])]
    return "\n".join(["```{toctree}", *options, *lines, "```", ""])
