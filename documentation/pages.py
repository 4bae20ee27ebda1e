"""The repository's pages: Markdown files and the Markdown of notebooks."""

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path, PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_MARK = re.compile(r"<!--\s*(.*?)\s*-->\s*", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A block of code: its language, and the comment right before it, which says how it is checked."""

    page: str
    line: int
    language: str
    text: str
    mark: str = ""
    is_fenced: bool = True


@dataclass(frozen=True)
class Link:
    """What a link or a picture leads to, as it is written."""

    page: str
    line: int
    target: str


@dataclass(frozen=True)
class Page:
    """A page by its path in the repository, with `/`; a notebook's text is that of its Markdown cells."""

    path: str
    text: str

    @property
    def folder(self) -> PurePosixPath:
        """Where links of the page begin."""
        return PurePosixPath(self.path).parent

    @cached_property
    def tokens(self) -> list[Token]:
        """The page as it is parsed."""
        return _MARKDOWN.parse(self.text)

    @cached_property
    def blocks(self) -> list[Block]:
        """Every block of code, in order."""
        found = []
        before: Token | None = None
        for token in self.tokens:
            if token.type in ("fence", "code_block"):
                found.append(self._block(token, before))
            before = token
        return found

    @cached_property
    def links(self) -> list[Link]:
        """Links and pictures, in order."""
        return [
            Link(self.path, line, str(target))
            for line, token in self._inline()
            if (target := token.attrGet("href") or token.attrGet("src")) is not None
        ]

    @cached_property
    def prose(self) -> list[tuple[int, str]]:
        """What is neither code nor a link's address: line and text."""
        return [(line, token.content) for line, token in self._inline() if token.type == "text"]

    @cached_property
    def code(self) -> list[tuple[int, str]]:
        """What is marked as code within a sentence or a cell: line and text."""
        return [(line, token.content) for line, token in self._inline() if token.type == "code_inline"]

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        """Level and text of each heading, without markup."""
        return [
            (int(opened.tag[1:]), _plain(inline))
            for opened, inline in zip(self.tokens, self.tokens[1:], strict=False)
            if opened.type == "heading_open"
        ]

    @cached_property
    def title(self) -> str:
        """The first heading; the path where there is none."""
        return self.headings[0][1] if self.headings else self.path

    @cached_property
    def anchors(self) -> frozenset[str]:
        """What may stand behind `#` in a link to the page, by GitHub's rules."""
        seen: Counter[str] = Counter()
        anchors = set()
        for _, text in self.headings:
            slug = slug_of(text)
            anchors.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
        return frozenset(anchors)

    def _block(self, token: Token, before: Token | None) -> Block:
        marked = _MARK.fullmatch(before.content) if before and before.type == "html_block" else None
        return Block(
            page=self.path,
            line=_line(token),
            language=token.info.strip(),
            text=token.content,
            mark=marked[1] if marked else "",
            is_fenced=token.type == "fence",
        )

    def _inline(self) -> Iterator[tuple[int, Token]]:
        for token in self.tokens:
            for child in token.children or ():
                yield _line(token), child


def slug_of(heading: str) -> str:
    """The anchor that GitHub gives a heading of this text."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def page_of(root: Path, path: str) -> Page:
    """One page of the repository at `root`."""
    text = (root / path).read_text(encoding="utf-8")
    return Page(path, _markdown_of(text) if path.endswith(".ipynb") else text)


def pages_of(root: Path) -> list[Page]:
    """Every page of the repository at `root` that is, or could be, committed."""
    return [page_of(root, path) for path in sorted(files_of(root)) if path.endswith((".md", ".ipynb"))]


def files_of(root: Path) -> frozenset[str]:
    """Paths of all files that are, or could be, committed: what git ignores is left out.

    Where there is no clone, as in an unpacked archive, what `.gitignore` names is left out.
    """
    if not (root / ".git").exists():
        return frozenset(_walked(root))
    trusted = ["-c", f"safe.directory={root}"]  # in CI the clone is another user's
    command = ["git", *trusted, "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode().split("\0")
    return frozenset(path for path in listed if path and (root / path).is_file())


def _walked(root: Path) -> Iterator[str]:
    ignored = [line.strip("/") for line in (root / ".gitignore").read_text().splitlines()]
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not any(fnmatch(name, pattern) for pattern in ignored)]
        yield from (Path(folder, name).relative_to(root).as_posix() for name in names)


def _markdown_of(notebook: str) -> str:
    cells = json.loads(notebook)["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or () if child.type in ("text", "code_inline"))


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1
