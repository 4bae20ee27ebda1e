"""Confirmed columns, by user and header."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import ColumnMapping


def find(session: Session, user_id: int, names_sha256: str) -> dict[str, str] | None:
    """What the user confirmed for these columns: field to name of column."""
    mine = (ColumnMapping.user_id == user_id) & (ColumnMapping.names_sha256 == names_sha256)
    return session.scalar(select(ColumnMapping.mapping_json).where(mine))


def put(session: Session, user_id: int, names_sha256: str, mapping: dict[str, str]) -> None:
    """Keep what the user confirmed for these columns, in place of what there was."""
    values = {"mapping_json": mapping, "confirmed_at": func.now()}
    statement = insert(ColumnMapping).values(user_id=user_id, names_sha256=names_sha256, **values)
    key = [ColumnMapping.user_id, ColumnMapping.names_sha256]
    session.execute(statement.on_conflict_do_update(index_elements=key, set_=values))
