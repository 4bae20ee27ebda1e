"""What failed too often lately. Times are the database's own, so that all processes share one clock."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import case, delete, func, or_, select, text, update
from sqlalchemy.orm import Session

from db.models import Throttle


class Counted(NamedTuple):
    """How many failures a key has with the one just counted, and until when it has to wait for the next."""

    failures: int
    blocked_until: dt.datetime


def seconds_blocked(session: Session, keys: Collection[str]) -> float:
    """How long the one of these keys waits that waits longest; 0 where none does."""
    left = func.max(func.extract("epoch", Throttle.blocked_until - func.clock_timestamp()))
    seconds = session.scalar(select(left).where(Throttle.key.in_(keys)))
    return max(float(seconds or 0), 0.0)


def count(
    session: Session, key: str, schedule: Sequence[float], forgotten_after: dt.timedelta
) -> Counted | None:
    """Count a failure of this key beforehand. None: it waits, and nothing was counted.

    `schedule` has the pauses in seconds after 1, 2, 3 … failures. One statement: of those that come at the
    same time each waits for the one before, and finds its pause. `failed_at` moves when it has failed: see
    `failed`.
    """
    statement = text("""
        INSERT INTO throttles AS known (key, failures, failed_at, blocked_until)
        VALUES (:key, 1, clock_timestamp(), clock_timestamp() + make_interval(secs => (:schedule)[1]))
        ON CONFLICT (key) DO UPDATE
        SET (failures, failed_at, blocked_until) = (
            SELECT number, CASE WHEN number = 1 THEN clock_timestamp() ELSE known.failed_at END,
                   clock_timestamp()
                   + make_interval(secs => (:schedule)[least(number, array_length(:schedule, 1))])
              FROM (SELECT CASE WHEN known.failed_at < clock_timestamp() - :forgotten_after THEN 1
                                ELSE known.failures + 1 END AS number) AS counted)
        WHERE known.blocked_until IS NULL OR known.blocked_until <= clock_timestamp()
        RETURNING failures, blocked_until
    """)
    found = session.execute(
        statement,
        {"key": key, "schedule": [float(pause) for pause in schedule], "forgotten_after": forgotten_after},
    ).one_or_none()
    return Counted(*found) if found else None


def failed(session: Session, key: str) -> None:
    """Note that what was counted beforehand has failed now."""
    session.execute(update(Throttle).where(Throttle.key == key).values(failed_at=func.clock_timestamp()))


def take_back(session: Session, key: str, counted: Counted) -> None:
    """Take back one failure that was counted beforehand, and its pause unless another one came after it."""
    session.execute(
        update(Throttle)
        .where(Throttle.key == key)
        .values(
            failures=func.greatest(Throttle.failures - 1, 0),
            blocked_until=case(
                (Throttle.blocked_until != counted.blocked_until, Throttle.blocked_until), else_=None
            ),
        )
    )


def clear(session: Session, key: str) -> None:
    """Forget all failures of this key."""
    session.execute(delete(Throttle).where(Throttle.key == key))


def remove_old(session: Session, older_than: dt.timedelta) -> None:
    """Delete the keys without a failure for so long that wait for nothing."""
    now = func.clock_timestamp()
    waits_not = or_(Throttle.blocked_until.is_(None), Throttle.blocked_until < now)
    session.execute(delete(Throttle).where(Throttle.failed_at < now - older_than, waits_not))
