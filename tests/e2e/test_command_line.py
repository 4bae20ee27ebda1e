"""The whole journey by ./ingest, against the product as run.py starts it, and no browser anywhere."""

import csv
import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.launcher import PROJECT, Launcher, copy_of_project
from tests.visiting import PASSWORD

ADDING = (
    "users",
    "add",
    "ana@example.com",
    "--first-name",
    "Ana",
    "--last-name",
    "Silva",
    "--password-stdin",
)


class Ingest:
    """./ingest of a copy of the project, from a folder beside it."""

    def __init__(self, project: Path, folder: Path) -> None:
        self.program = project / "ingest"
        self.folder = folder

    def __call__(self, *arguments: str, typed: str = "", code: int = 0) -> str:
        """What a command answers that ends with this code; what it says else where it fails."""
        done = subprocess.run(
            [self.program, *arguments],
            cwd=self.folder,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, (done.stdout, done.stderr)
        return done.stdout if code == 0 else done.stdout + done.stderr

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json"))


@pytest.fixture
def ingest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ingest]:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "work"
    folder.mkdir()
    with copy_of_project(tmp_path) as project:
        yield Ingest(project, folder)


def test_from_an_empty_installation_to_the_exported_file(ingest: Ingest) -> None:
    project = ingest.program.parent
    assert "Start it with python3 run.py" in ingest("jobs", code=4)
    assert "Exit codes" in ingest("--help")
    launcher = Launcher(project)
    try:
        go_the_whole_way(ingest, launcher.address())
    finally:
        ended = launcher.end(signal.SIGINT)
    assert ended == 0


def go_the_whole_way(ingest: Ingest, address: str) -> None:
    sample = str(PROJECT / "samples" / "test-jobs.csv")

    ingest(*ADDING, typed=f"{PASSWORD}\n")
    assert ingest("users", "reset", "ana@example.com").startswith(f"{address}/?reset=")
    assert "not signed in" in ingest("jobs", code=3)
    ingest("sign-in", "ana@example.com", "--password-stdin", typed=f"{PASSWORD}\n")
    assert "needs review, 10 open issues" in ingest("upload", sample, "--watch", code=6)

    [pair] = ingest.json("issues", "1", "--type", "duplicate-email", "--search", "becker")["issues"]
    ingest("resolve", "keep", "1", str(pair["id"]), "4")
    ingest("resolve", "many", "1", "fill-blanks", "--yes")
    ingest("resolve", "many", "1", "skip", "--yes")
    ingest("undo", "1")
    assert len(ingest.json("issues", "1")["issues"]) == 8
    ingest("resolve", "many", "1", "skip", "--yes")
    assert "completed" in ingest("finalize", "1", "--watch")
    ingest("export", "1")

    with (ingest.folder / "test-jobs-contacts.csv").open(newline="") as file:
        contacts = list(csv.DictReader(file))
    assert [one["company"] for one in contacts if one["last_name"] == "Becker"] == ["Nordwind Energie AG"]
    assert len(contacts) == ingest.json("job", "1")["balance"]["contacts"]
    ingest("sign-out")
