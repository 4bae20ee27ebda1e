"""Execute the notebooks anew over the product that runs, and keep what comes out.

`python3 run.py notebook --execute` does so over the product that runs here; `python -m notebooks.execute`
over the one that the environment names. What means nothing to a reader, such as the time that a cell took,
is left out, so that a second run changes little.
"""

import os
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

FOLDER = Path(__file__).resolve().parent
_SECONDS_A_CELL = 120
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
"""Of an object in memory, in what Python says of one that has no better words."""
_METADATA: dict[str, Any] = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def notebooks() -> list[Path]:
    """The notebooks, by name."""
    return sorted(FOLDER.glob("*.ipynb"))


def executed(path: Path) -> NotebookNode:
    """The notebook with new outputs; its file stays as it is. Raises CellExecutionError where a cell does."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=_SECONDS_A_CELL,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(FOLDER)}},
    ).execute(env={**os.environ, "PYTHONPATH": str(FOLDER.parent)})
    return normalised(notebook)


def normalised(notebook: NotebookNode) -> NotebookNode:
    """The notebook without what differs from one run, or one editor, to the next. Changes its argument."""
    notebook.metadata = NotebookNode(_METADATA)
    for place, cell in enumerate(notebook.cells, start=1):
        cell.metadata = NotebookNode()
        cell.id = f"cell-{place:02}"
        for output in cell.get("outputs", []):
            _normalise(output)
    return notebook


def _normalise(output: NotebookNode) -> None:
    if "metadata" in output:
        output.metadata = NotebookNode()
    if text := output.get("data", {}).get("text/plain"):
        output.data["text/plain"] = _ADDRESS.sub("", text)


def main() -> int:
    """Execute all of them; 0 when that went well, 1 with the first error otherwise."""
    for path in notebooks():
        try:
            nbformat.write(executed(path), path)
        except CellExecutionError as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            return 1
        print(f"{path.name}: executed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
