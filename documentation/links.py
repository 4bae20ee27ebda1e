"""Whether links lead somewhere: to files, folders and headings of the repository.

Addresses elsewhere have to be well-formed; `addresses` fetches them.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote, urlsplit

from documentation.pages import Link, Page
from documentation.problems import Problem

_HOST = re.compile(r"localhost|\[[0-9a-f:]+\]|[a-z0-9-]+(\.[a-z0-9-]+)+")
_BARE = re.compile(r"https?://[^\s<>\"]+")
_MACHINE = re.compile(r"(?<![\w.~$/-])/(?:home|Users|root|work)/[\w.-]+|\bfile://|\b[A-Z]:\\\w")


def problems(pages: Iterable[Page], files: frozenset[str]) -> list[Problem]:
    """Every link of these pages that leads nowhere, and every path that only one machine has.

    `files` are the paths of all files in the repository.
    """
    by_path = {page.path: page for page in pages}
    folders = frozenset(folder for path in files for folder in _folders_of(path))
    return [
        problem
        for page in by_path.values()
        for problem in (
            *(_problem(page, link, by_path, files, folders) for link in page.links),
            *_bare_addresses(page),
            *_paths_of_a_machine(page),
        )
        if problem
    ]


def is_address(target: str) -> bool:
    """Whether a link leads out of the repository."""
    return bool(urlsplit(target).scheme)


def target_of(page: Page, target: str) -> tuple[str, str]:
    """The path in the repository that a relative link leads to (empty: its root), and the anchor on it."""
    path, _, anchor = target.partition("#")
    if not path:
        return page.path, unquote(anchor)
    joined = posixpath.normpath(posixpath.join(str(page.folder), unquote(path)))
    return ("" if joined == "." else joined), unquote(anchor)


def _problem(
    page: Page, link: Link, pages: Mapping[str, Page], files: frozenset[str], folders: frozenset[str]
) -> Problem | None:
    message = (
        _malformed(link.target)
        if is_address(link.target)
        else _leads_nowhere(page, link.target, pages, files, folders)
    )
    return Problem(page.path, link.line, message) if message else None


def _leads_nowhere(
    page: Page, target: str, pages: Mapping[str, Page], files: frozenset[str], folders: frozenset[str]
) -> str:
    if target.startswith("/"):
        return f"{target}: begin the link at this page, not at the root"
    path, anchor = target_of(page, target)
    if path not in files and path not in folders:
        return f"{target}: there is no {path}"
    if not anchor:
        return ""
    if path not in pages:
        return f"{target}: only pages have headings to link to"
    if anchor not in pages[path].anchors:
        return f"{target}: {path} has no heading #{anchor}"
    return ""


def _malformed(address: str) -> str:
    """What is wrong with an address outside of the repository."""
    parts = urlsplit(address)
    if parts.scheme == "mailto":
        return ""
    if parts.scheme not in ("http", "https"):
        return f"{address}: neither http, https nor mailto"
    return "" if parts.hostname and _HOST.fullmatch(parts.hostname) else f"{address}: no host is named so"


def _bare_addresses(page: Page) -> Iterator[Problem]:
    for line, text in page.prose:
        for address in _BARE.findall(text):
            if message := _malformed(address.rstrip(".,;:)")):
                yield Problem(page.path, line, message)


def _paths_of_a_machine(page: Page) -> Iterator[Problem]:
    for number, line in enumerate(page.text.splitlines(), 1):
        if found := _MACHINE.search(line):
            yield Problem(page.path, number, f"{found[0]}: a path of one machine")


def _folders_of(path: str) -> Iterator[str]:
    """Every folder that a file is in, the root as an empty path."""
    while path:
        path = posixpath.dirname(path)
        yield path
