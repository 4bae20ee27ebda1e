"""The notebooks as they are in the repository: executed, in order, without errors and traces of a machine."""

import re
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from notebooks.execute import normalised, notebooks

PATHS = notebooks()
_A_MACHINES = re.compile(
    r"/home/|/root/|/tmp/|/Users/|/var/|site-packages|ipykernel_|127\.0\.0\.1|localhost|0x[0-9a-f]{8,}"
)


def read(path: Path) -> NotebookNode:
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    return notebook


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks() -> None:
    assert [path.name for path in PATHS] == ["one-messy-upload.ipynb"]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_every_cell_was_executed_once_in_order_without_errors(path: Path) -> None:
    cells = code_cells(read(path))
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {"display_data", "execute_result", "stream"}
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_every_cell_that_asks_for_something_shows_it(path: Path) -> None:
    silent = [cell.source for cell in code_cells(read(path)) if not cell.outputs]
    # Those that only get things ready end in an assignment.
    assert [source for source in silent if not re.search(r"^\w[\w, ]* = .*$", source.splitlines()[-1])] == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_a_notebook_names_no_machine(path: Path) -> None:
    kept = nbformat.writes(read(path))
    assert sorted(set(_A_MACHINES.findall(re.sub(r'"image/png": "[^"]*"', "", kept)))) == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_a_notebook_is_normalised_and_small(path: Path) -> None:
    notebook = read(path)
    assert nbformat.writes(normalised(read(path))) == nbformat.writes(notebook)
    assert path.stat().st_size < 400_000


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_figures_in_the_text_are_computed(path: Path) -> None:
    """A number in Markdown goes stale: those that results have are drawn by cells."""
    written = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    assert re.findall(r"\d[\d,.]*", written.replace("python3", "")) == []


def test_what_differs_between_runs_is_left_out() -> None:
    cell = nbformat.v4.new_code_cell("1", id="of-an-editor", metadata={"execution": {"started": "12:00"}})
    cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "1"}, metadata={"took": 3})]
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {"a": 1}})
    [kept] = normalised(notebook).cells
    assert (kept.id, kept.metadata, kept.outputs[0].metadata) == ("cell-01", {}, {})
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
