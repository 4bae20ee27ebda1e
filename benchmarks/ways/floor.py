"""COPY of lines that lie ready on disk: the least that any way can take."""

from collections.abc import Callable

import psycopg2

from benchmarks.database import RAW_ROWS
from benchmarks.ways import Task


def prepared(task: Task) -> Callable[[], None]:
    """One COPY in one transaction, over psycopg2 as it comes."""
    connection = psycopg2.connect(task.settings.database_url)

    def run() -> None:
        with connection, connection.cursor() as cursor, task.lines.open("rb") as lines:
            cursor.copy_expert(f"COPY {RAW_ROWS} FROM STDIN", lines, size=1 << 16)

    return run
