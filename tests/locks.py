"""Transactions that wait for one another."""

import time

from sqlalchemy import text

from db.engine import Sessions


def wait_for_a_waiting_one(sessions: Sessions) -> None:
    """Return once some transaction waits for another's lock. Raises AssertionError after 20 s."""
    deadline = time.monotonic() + 20
    with sessions() as session:
        while not session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
