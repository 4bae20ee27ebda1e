"""Deleting uploads, in releases that can."""

import importlib
import importlib.util
from typing import Any

from db.engine import Sessions

_MODULE = "ingestion.deletion"


def is_possible() -> bool:
    """Whether this release deletes uploads."""
    return importlib.util.find_spec(_MODULE) is not None


def request(sessions: Sessions, user_id: int, job_id: int) -> None:
    """Delete one of the user's uploads."""
    use_case: Any = importlib.import_module(_MODULE)
    use_case.request(sessions, user_id, job_id)
