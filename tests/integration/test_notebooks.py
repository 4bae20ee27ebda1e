"""The notebooks, executed in a kernel over a real database, bucket, queue and worker."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.engine import Sessions
from notebooks import execute
from tests.integration.jobs import row_of
from tests.worker import Queue, Worker


@pytest.fixture
def product(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    sessions: Sessions,
    sqs: Queue,  # noqa: ARG001  (emptied before)
    tmp_path: Path,
) -> Iterator[Sessions]:
    """What the environment names, with a worker."""
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    worker = Worker(environment, tmp_path / "worker.log")
    worker.start()
    yield sessions
    worker.stop()


def shown(notebook: Any) -> str:
    """All texts that cells drew."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(
        str(part)
        for output in outputs
        for part in (output.get("text", ""), output.get("data", {}).get("text/plain", ""))
    )


@pytest.mark.filterwarnings("default")  # of the packages that start a kernel
@pytest.mark.parametrize("path", execute.notebooks(), ids=lambda path: path.name)
def test_a_notebook_can_be_executed_twice_and_does_what_it_says(path: Path, product: Sessions) -> None:
    kept = path.read_bytes()
    first = shown(execute.executed(path))
    assert re.search(r"Status +Completed\n(.*\n)+ +Next +Use its contacts\.", first)
    assert (row_of(product, 6)["status"], row_of(product, 6)["conflict_count"]) == ("COMPLETED", 0)
    assert "Upload 12: spring-fair.csv" in shown(execute.executed(path))
    assert path.read_bytes() == kept


@pytest.mark.filterwarnings("default")
def test_a_cell_that_fails_is_told_and_nothing_is_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "broken.ipynb"
    path.write_text(
        '{"cells": [{"cell_type": "code", "id": "a", "source": "1 / 0", "metadata": {}, "outputs": [],'
        ' "execution_count": null}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    before = path.read_bytes()
    monkeypatch.setattr(execute, "FOLDER", tmp_path)
    assert execute.main() == 1
    assert "broken.ipynb" in (said := capsys.readouterr().err)
    assert "ZeroDivisionError" in said
    assert path.read_bytes() == before
