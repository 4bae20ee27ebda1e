"""The same download with every cell exactly as it is."""

from collections.abc import Callable

from benchmarks.ways import Task, export
from ingestion.protection import Cells


def prepared(task: Task) -> Callable[[], None]:
    """Open and read all chunks, keeping none."""
    return export.prepared(task, Cells.EXACT)
