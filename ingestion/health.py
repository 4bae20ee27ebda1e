"""Whether what the product needs answers."""

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from db.engine import Sessions


def unavailable(sessions: Sessions) -> list[str]:
    """The names of what does not answer; empty when all is well."""
    try:
        with sessions() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return ["database"]
    return []
