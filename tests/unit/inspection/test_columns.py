"""What is declared of tables: in help, in the documentation, and as pandas has it."""

import pandas as pd
import pytest

from ingestion.inspection import FRAMES, Frame, Inspector
from ingestion.inspection.columns import names_beside
from ingestion.inspection.tables import table
from tests.conftest import ROOT


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_every_column_is_in_the_help_and_in_the_documentation(frame: Frame) -> None:
    helped = getattr(Inspector, frame.name).__doc__
    assert all(f"{column.name} " in helped and column.doc in helped for column in frame.columns)
    assert frame.as_markdown() in (ROOT / "docs" / "notebooks.md").read_text()


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_an_empty_table_has_the_declared_types(frame: Frame) -> None:
    empty = table(frame, [], ["own"] if frame.has_file_columns else [])
    assert len(empty) == 0
    for column in frame.columns:
        assert empty[column.name].dtype == column.pandas_dtype
    assert "own" not in empty or empty["own"].dtype == pd.StringDtype()


def test_a_category_has_all_that_it_can_be() -> None:
    categories = {c.name: c.categories for c in FRAMES["jobs"].columns}["status"]
    assert list(table(FRAMES["jobs"], [])["status"].cat.categories) == list(categories)
    assert "COMPLETED" in categories


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (["email", "phone"], ["email", "phone"]),
        (["row_number", "state"], ["row_number (2)", "state (2)"]),
        (["state", "state (2)", "state"], ["state (2)", "state (2) (2)", "state (3)"]),
        (["city", "city"], ["city", "city (2)"]),
    ],
)
def test_names_of_a_files_columns_are_free(columns: list[str], expected: list[str]) -> None:
    assert names_beside(FRAMES["rows"], columns) == expected
