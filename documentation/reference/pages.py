"""The pages that the code writes: which there are, whether they say what the code says, and writing them."""

import importlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from documentation.pages import page_of
from documentation.problems import Problem
from documentation.reference.command_line import command_line_page
from documentation.reference.decisions import decisions_page
from documentation.reference.inspection import inspection_page
from documentation.reference.issues import issues_page
from documentation.reference.settings import settings_page
from documentation.reference.statuses import statuses_page

_INDEX = "README.md"


def written(root: Path) -> dict[str, Callable[[], str]]:
    """Each page's path in the repository at `root`, and what writes it."""
    pages = {
        "docs/decisions/README.md": lambda: _decisions(root),
        "docs/reference/command-line.md": command_line_page,
        "docs/reference/issues.md": issues_page,
        "docs/reference/settings.md": lambda: settings_page(root / ".env.example"),
        "docs/reference/statuses.md": statuses_page,
    }
    if find_spec("ingestion.inspection"):
        pages["docs/reference/inspection.md"] = _inspection
    return pages


def problems(root: Path) -> list[Problem]:
    """Pages that do not say what the code says."""
    return [
        Problem(path, 1, "not what the code says: python -m documentation reference writes it anew")
        for path, write in written(root).items()
        if not (root / path).is_file() or (root / path).read_text() != write()
    ]


def write(root: Path) -> list[str]:
    """Write every page anew; the paths of those that changed."""
    changed = [problem.page for problem in problems(root)]
    for path in changed:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(written(root)[path]())
    return changed


def _decisions(root: Path) -> str:
    paths = (root / "docs" / "decisions").glob("[0-9]*.md")
    return decisions_page(page_of(root, path.relative_to(root).as_posix()) for path in paths)


def _inspection() -> str:
    return inspection_page(importlib.import_module("ingestion.inspection"))
