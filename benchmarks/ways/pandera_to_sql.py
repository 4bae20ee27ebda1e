"""pandera: a schema with checks over the frame, then to_sql. Raw rows, each marked valid or not."""

import importlib
from collections.abc import Callable
from typing import Any

import pandas as pd

from benchmarks.ways import Task
from benchmarks.ways.pandas_to_sql import connected, frame_of, store
from ingestion.rules import emails


def prepared(task: Task) -> Callable[[], None]:
    """Validation with all failures collected, then as pandas alone."""
    # By name: it is a requirement of the benchmark alone, and its absence is no error of the types.
    pandera: Any = importlib.import_module("pandera.pandas")
    schema = _schema(pandera)
    engine = connected(task)

    def run() -> None:
        frame = frame_of(task.file)
        is_valid = pd.Series(True, frame.index)
        try:
            schema.validate(frame, lazy=True)
        except pandera.errors.SchemaErrors as error:
            failures: pd.DataFrame = error.failure_cases
            is_valid[failures.loc[failures["column"] == "email", "index"].to_list()] = False
        normalized = frame["email"].str.strip().str.lower()
        store(engine, task.job_id, frame, normalized.where(is_valid, None), is_valid)

    return run


def _schema(pandera: Any) -> Any:
    def is_address(cells: "pd.Series[str]") -> "pd.Series[bool]":
        return cells.map(emails.normalize).notna()

    def is_filled(cells: "pd.Series[str]") -> "pd.Series[bool]":
        return cells.str.strip() != ""

    filled = {
        name: pandera.Column(str, pandera.Check(is_filled)) for name in ("first_name", "last_name", "company")
    }
    return pandera.DataFrameSchema({"email": pandera.Column(str, pandera.Check(is_address)), **filled})
