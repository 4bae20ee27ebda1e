"""Cure what was lost: `python -m tasks.requeue` at a start, and every worker now and then."""

import datetime as dt

from ingestion import deletion, direct_uploads, processing
from tasks.broker import settings
from tasks.enqueue import enqueue_finalize, enqueue_process
from tasks.resources import bucket, sessions


def requeue_lost(waiting_longer_than: dt.timedelta | None = None) -> int:
    """Enqueue jobs in flight that wait longer than the settings say, or as given; returns how many."""
    return processing.requeue_lost(
        sessions(),
        enqueue_process,
        enqueue_finalize,
        waiting_longer_than=waiting_longer_than or dt.timedelta(seconds=settings.requeue_after_seconds),
    )


def clean_up() -> None:
    """Remove what is deleted or too old; end uploads that browsers stopped sending, and free their parts."""
    if settings.retention_days is not None:
        deletion.expire(sessions(), settings.retention_days)
    deletion.purge(sessions(), bucket())
    direct_uploads.clean_up(sessions(), bucket())


if __name__ == "__main__":
    # At a start nobody works yet, and an emulator's queue may have lost what was in it.
    print(f"{requeue_lost(dt.timedelta(seconds=1))} jobs sent again")
