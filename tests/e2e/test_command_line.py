"""The whole journey by ./ingest as docs/command-line.md tells it, to the letter, and no browser anywhere."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.launcher import PROJECT, Launcher, copy_of_project

_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """Commands of the document, and what they are to answer, if it says so."""

    commands: str
    answer: str | None


def steps() -> list[Step]:
    text = (PROJECT / "docs" / "command-line.md").read_text(encoding="utf-8")
    journey = text.partition("\n## From nothing to the exported file\n")[2].partition("\n## ")[0]
    blocks = _FENCED.findall(journey)
    assert blocks[0] == ("sh", "python3 run.py\n"), "which the fixture does"
    found = []
    for (kind, content), (next_kind, answer) in zip(blocks[1:], [*blocks[2:], ("", "")], strict=True):
        if kind == "sh":
            found.append(Step(content, answer if next_kind == "text" else None))
    return found


FILES = ("contacts.csv", "contacts.xlsx", "contacts.parquet", "left-out.csv", "summary.html")
"""What the journey leaves, and takes away at its end."""


class Shell:
    """A shell in the project's folder, of somebody who has none of the product's variables."""

    def __init__(self, project: Path, state: Path) -> None:
        self.project = project
        path = os.pathsep.join([str(project), os.environ["PATH"]])
        self._environment = {**os.environ, "PATH": path, "XDG_STATE_HOME": str(state), "LC_ALL": "C.UTF-8"}
        self._environment.pop("DATABASE_URL", None)

    def __call__(self, commands: str) -> tuple[int, str]:
        """The exit code of the last command, and all that was answered and said."""
        done = subprocess.run(
            ["bash", "-c", commands],
            cwd=self.project,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    with copy_of_project(tmp_path) as project:
        yield Shell(project, tmp_path / "state")


def test_the_document_leads_from_an_empty_installation_to_the_exported_file(shell: Shell) -> None:
    assert shell("ingest jobs") == (
        4,
        "The product does not run. Start it with python3 run.py, and repeat this beside it.\n",
    )
    code, help_ = shell("ingest --help")
    assert (code, "Exit codes" in help_) == (0, True)
    launcher = Launcher(shell.project)
    try:
        address = launcher.address()
        *journey, at_the_end = steps()
        for step in journey:
            _, said = shell(step.commands)
            assert step.answer in (None, said), step.commands
        for name in FILES:
            assert (shell.project / name).stat().st_size > 100
        assert shell(at_the_end.commands) == (0, at_the_end.answer)
        assert not any((shell.project / name).exists() for name in (*FILES, "password.txt"))
        code, link = shell("ingest users reset ana@example.com")
        assert (code, link.startswith(f"{address}/?reset=")) == (0, True)
        assert shell("ingest jobs") == (3, "You are not signed in. Sign in with: ingest sign-in EMAIL\n")
    finally:
        ended = launcher.end(signal.SIGINT)
    assert ended == 0
