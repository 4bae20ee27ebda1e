"""pandas: read_csv and to_sql. Raw rows as they are, nothing checked.

read_csv cannot keep a row with more cells than the header: it fails, or, as here, leaves the row out. A row
with fewer is filled up, and can no longer be told from one that came with blanks.
"""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine, text
from sqlalchemy.dialects.postgresql import JSONB

from benchmarks.ways import Task
from db.engine import make_engine

_ROWS_PER_INSERT = 1000


def prepared(task: Task) -> Callable[[], None]:
    """The whole file as one frame, inserted in one transaction."""
    engine = connected(task)

    def run() -> None:
        frame = frame_of(task.file)
        emails = frame["email"].str.strip().str.lower()
        store(engine, task.job_id, frame, emails.where(emails != "", None), pd.Series(True, frame.index))

    return run


def connected(task: Task) -> Engine:
    """An engine that has its first connection."""
    engine = make_engine(task.settings.database_url)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    return engine


def frame_of(file: Path) -> pd.DataFrame:
    """All cells as text; NUL, which Postgres cannot keep, replaced."""
    frame = pd.read_csv(file, dtype=str, keep_default_na=False, on_bad_lines="skip")
    return frame.replace("\0", "\ufffd", regex=True)


def store(
    engine: Engine, job_id: int, frame: pd.DataFrame, emails: "pd.Series[str]", is_valid: "pd.Series[bool]"
) -> None:
    """Append the frame to `raw_rows`."""
    rows = pd.DataFrame(
        {
            "job_id": job_id,
            "row_number": range(2, len(frame) + 2),
            "data_json": frame.to_numpy().tolist(),
            "normalized_email": emails,
            "is_valid": is_valid,
        }
    )
    with engine.begin() as connection:
        rows.to_sql(
            "raw_rows",
            connection,
            if_exists="append",
            index=False,
            method="multi",
            chunksize=_ROWS_PER_INSERT,
            dtype={"data_json": JSONB},
        )
