"""The audit log, as tests read it."""

from typing import Any, NamedTuple

from sqlalchemy import text

from db.engine import Sessions


class Entry(NamedTuple):
    """Who (None: nobody, or the command), what, and about what."""

    user_id: int | None
    action: str
    detail: dict[str, Any]


def entries(sessions: Sessions) -> list[Entry]:
    """All entries, the oldest first."""
    with sessions() as session:
        found = session.execute(text("SELECT user_id, action, detail_json FROM audit_log ORDER BY id"))
        return [Entry(*row) for row in found]
