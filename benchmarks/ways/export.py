"""A download of the final contacts, as the dashboard's route streams it, read to its end."""

from collections import deque
from collections.abc import Callable

from sqlalchemy import text

from benchmarks.ways import Task
from db.engine import make_engine, make_sessions
from ingestion import export
from ingestion.formats import Format
from ingestion.protection import Cells


def prepared(task: Task, cells: Cells = Cells.PROTECTED) -> Callable[[], None]:
    """Open and read all chunks, keeping none."""
    sessions = make_sessions(make_engine(task.settings.database_url))
    with sessions() as session:
        session.execute(text("SELECT 1"))

    def run() -> None:
        opened = export.open_contacts(sessions, task.user_id, task.job_id, Format.CSV, cells)
        deque(opened.chunks, maxlen=0)

    return run
