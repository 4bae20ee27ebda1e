"""What the product imports: nothing of what only notebooks need."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT


def modules_after(statement: str) -> set[str]:
    """The modules that a new process has imported after a statement."""
    script = f"import sys; {statement}; print(*sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1/none"},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(ended.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import ingestion.processing, ingestion.finalization, ingestion.uploads, ingestion.bulk",
        "import tasks.serverless.batch, tasks.serverless.upkeep",
        "import ingestion.users.__main__, ingestion.backup.__main__, ingestion.replay",
    ],
)
def test_the_product_imports_neither_pandas_nor_the_inspection(statement: str) -> None:
    found = modules_after(statement)
    assert "db.models" in found
    assert found.isdisjoint({"pandas", "matplotlib", "ingestion.inspection"})


def test_an_inspector_is_there_without_matplotlib() -> None:
    found = modules_after("from ingestion import inspection; from ingestion.inspection import plots")
    assert "pandas" in found
    assert "matplotlib" not in found
