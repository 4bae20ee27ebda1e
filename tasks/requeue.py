"""Cure what was lost: `python -m tasks.requeue` at a start, and every worker now and then."""

import datetime as dt
from dataclasses import replace

from ingestion import attempts, deletion, direct_uploads, presence, sweeping
from ingestion.senders import Senders
from tasks.broker import settings
from tasks.enqueue import enqueue_finalize, enqueue_process
from tasks.resources import bucket, queue, sessions

_SURELY_THERE = dt.timedelta(seconds=15)
"""After so long a message is counted in the queue's figures."""


def requeue_lost(waiting_longer_than: dt.timedelta | None = None) -> int:
    """Enqueue jobs in flight that nobody works on and that wait longer than given; returns how many.

    By default that is as long as the settings say, and much shorter while the queue is empty.
    """
    return sweeping.sweep(
        sessions(),
        bucket(),
        Senders(enqueue_process, enqueue_finalize),
        waiting_longer_than=waiting_longer_than or _patience(),
    )


def purge() -> None:
    """Remove deleted uploads with all they have."""
    deletion.purge(sessions(), bucket())


def clean_up() -> None:
    """Delete what is too old; end uploads that browsers stopped sending, and free what arrived of them."""
    presence.forget_dead(sessions())
    attempts.forget_old(sessions())
    if settings.retention_days is not None:
        deletion.expire(sessions(), settings.retention_days)
    direct_uploads.clean_up(sessions(), bucket())


def _patience() -> dt.timedelta:
    patience = dt.timedelta(seconds=settings.requeue_after_seconds)
    # Asked only where it matters: the question costs a request.
    if patience > _SURELY_THERE and sweeping.is_anything_waiting(sessions(), longer_than=_SURELY_THERE):
        return _SURELY_THERE if _is_no_message_anywhere() else patience
    return patience


def _is_no_message_anywhere() -> bool:
    if settings.is_for_large_files:
        return False  # the others stand in a queue that this worker does not know
    large_files = settings.sqs_large_file_queue_name
    return queue().is_empty() and (large_files is None or replace(queue(), name=large_files).is_empty())


if __name__ == "__main__":
    # At a start nobody works yet, and an emulator's queue may have lost what was in it.
    requeue_lost(dt.timedelta(seconds=1))
