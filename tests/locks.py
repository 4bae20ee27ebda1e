"""Transactions that wait for one another."""

from sqlalchemy import text

from db.engine import Sessions
from tests.worker import eventually


def wait_for_a_waiting_one(sessions: Sessions) -> None:
    """Return once some transaction waits for another's lock. Raises AssertionError after 20 s."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with sessions() as session:
        eventually(lambda: bool(session.scalar(waiting)), "a transaction waits for another's lock", 20)
