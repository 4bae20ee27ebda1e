"""The pages that say how to add something: what they say is done to a copy of the project, and tested."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import ROOT

GUIDES = sorted(path.name for path in (ROOT / "docs").glob("adding-*.md"))
DIFF = re.compile(r"^```diff\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TESTED = re.compile(r"^python3 run\.py test (tests/.+)$", re.MULTILINE)
COMMAND = re.compile(r"^\.venv/bin/python -m (.+)$", re.MULTILINE)
CHANGED = re.compile(r"^\+\+\+ b/(.+)$", re.MULTILINE)
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv*", ".local", ".*_cache", "__pycache__", "build", "node_modules"
)


MIGRATION = ROOT / "db" / "migrations" / "versions"
VERSION = re.compile(r"^RULES_VERSION = (\d+)$", re.MULTILINE)


def as_of_now(text: str) -> str:
    """A guide with the numbers that are the next ones now; others may be taken since it was written."""
    newest = max(path.name[:4] for path in MIGRATION.glob("0*.py"))
    shown = re.search(r"\+revision = \"(\d{4})\"", text)
    if shown:
        before, after = f"{int(shown[1]) - 1:04}", f"{int(newest) + 1:04}"
        text = text.replace(shown[1], after).replace(f'"{before}"', f'"{newest}"')
    rules = VERSION.search((ROOT / "ingestion" / "rules" / "validation.py").read_text())
    assert rules
    text = re.sub(r"^-RULES_VERSION = \d+$", f"-RULES_VERSION = {rules[1]}", text, flags=re.MULTILINE)
    raised = int(rules[1]) + 1
    return re.sub(r"^\+RULES_VERSION = \d+$", f"+RULES_VERSION = {raised}", text, flags=re.MULTILINE)


def run(project: Path, *command: str) -> None:
    """Run a command in the copy; it must end well."""
    done = subprocess.run(
        command, cwd=project, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{shlex.join(command)}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"


def python(project: Path, *arguments: str) -> None:
    run(project, sys.executable, "-m", *arguments)


def test_there_is_a_guide_for_what_newcomers_add() -> None:
    assert {"adding-an-issue-type.md", "adding-a-column.md", "adding-a-page.md"} <= set(GUIDES)


@pytest.mark.parametrize("guide", GUIDES)
def test_what_a_guide_says_works_as_it_stands(guide: str, tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("no git, with which the changes of guides are applied: install git")
    text = as_of_now((ROOT / "docs" / guide).read_text())
    project = tmp_path / "project"
    shutil.copytree(ROOT, project, ignore=NOT_COPIED)

    for number, diff in enumerate(DIFF.findall(text)):
        change = tmp_path / f"{number}.diff"
        change.write_text(diff)
        run(project, "git", "apply", "-C1", str(change))

    for command in COMMAND.findall(text):
        python(project, *shlex.split(command))

    changed = _existing(project, CHANGED.findall(text))
    assert changed
    modules = [path for path in changed if path.endswith(".py")]
    python(project, "ruff", "check", "--no-cache", *modules)
    python(project, "ruff", "format", "--no-cache", "--check", *modules)
    tests = [path for line in TESTED.findall(text) for path in line.split()]
    assert any(path in changed for path in tests), "a guide has its own tests run"
    python(project, "pytest", "-q", "-p", "no:cacheprovider", *dict.fromkeys(tests))


def _existing(project: Path, names: Sequence[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if (project / name).is_file()]
