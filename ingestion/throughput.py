"""How much the installation gets done."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from db.engine import Sessions
from db.queries import operations
from ingestion.access import require_without_upload
from ingestion.rules.permissions import Permission


class Span(StrEnum):
    """How far back one looks."""

    HOURS = "3 hours"
    DAY = "24 hours"
    WEEK = "7 days"


_SPANS = {
    Span.HOURS: (dt.timedelta(hours=3), dt.timedelta(minutes=5)),
    Span.DAY: (dt.timedelta(hours=24), dt.timedelta(hours=1)),
    Span.WEEK: (dt.timedelta(days=7), dt.timedelta(hours=6)),
}


@dataclass(frozen=True)
class Interval:
    """What was done in one interval."""

    begins: dt.datetime
    files: int = 0
    """Read and checked."""
    rows: int = 0
    """In these files."""
    completed: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Throughput:
    """Intervals without a gap, the oldest first."""

    step: dt.timedelta
    intervals: list[Interval]


def throughput(sessions: Sessions, user_id: int, span: Span) -> Throughput:
    """What was done by interval, as far back as asked. Raises NotAllowed but for administrators."""
    within, step = _SPANS[span]
    with sessions() as session:
        require_without_upload(session, user_id, Permission.ADMINISTER)
        done = {
            row.begins: Interval(row.begins, row.files, row.rows, row.completed, row.failed)
            for row in operations.throughput(session, within=within, step=step)
        }
    now = dt.datetime.now(dt.UTC)
    begins = now - (now - operations.ORIGIN) % step
    all_of_them = [begins - step * back for back in reversed(range(within // step))]
    return Throughput(step, [done.get(at, Interval(at)) for at in all_of_them])
