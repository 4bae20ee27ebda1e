"""One attempt at a task by a Lambda, and what becomes of its message then."""

import errno
from collections.abc import Callable

from dramatiq import Retry
from dramatiq.middleware import Shutdown, TimeLimitExceeded
from dramatiq.threading import Interrupt

from db.outages import is_unavailable
from ingestion.errors import GivenUp
from ingestion.telemetry.logs import get_logger
from tasks.resources import engine
from tasks.serverless.deadline import Deadline
from tasks.serverless.deliveries import Fate, Outcome

logger = get_logger(__name__)

TO_HAND_BACK = 15.0
"""Seconds for undoing what a task did, and for saying what becomes of its message."""
OUTAGE_PAUSE = 10.0
"""Before a message comes again because the database does not answer, in seconds."""
_SURPRISE_PAUSE = 60.0


class TooLongForALambda(TimeLimitExceeded):
    """A task had most of a Lambda's time and is not done, and there are no workers for large files."""

    def __init__(self) -> None:
        super().__init__(
            "It took longer than a Lambda may. Split the file, or have workers take large files "
            "(SQS_LARGE_FILE_QUEUE_NAME)."
        )


class Turn:
    """One invocation: how long it lasts, and whether workers take what is too large for it."""

    def __init__(self, seconds_left: Callable[[], float], has_larger_workers: bool) -> None:
        self.seconds_left = seconds_left
        self.has_larger_workers = has_larger_workers
        self._whole = seconds_left()

    def is_most_of_it(self, seconds: float) -> bool:
        """Whether a task that had so long had its share. Another waited for others, and gets a new turn."""
        return seconds >= self._whole / 2


def attempt(run: Callable[[], object], turn: Turn) -> Outcome:
    """Run a task, which ends as actors do, in what is left of the turn."""
    seconds = turn.seconds_left() - TO_HAND_BACK
    is_long = turn.is_most_of_it(seconds)
    interruption = TooLongForALambda if is_long and not turn.has_larger_workers else Shutdown
    try:
        with Deadline(seconds, interruption, engine()):
            run()
    except GivenUp:
        return Outcome(Fate.DEAD)
    except Interrupt:
        return _interrupted(turn, is_long=is_long)
    except Retry as error:
        if isinstance(error.__cause__, Interrupt):
            return _interrupted(turn, is_long=is_long)
        pause = (error.delay or 0) / 1000
        needs_more = turn.has_larger_workers and _is_lack_of_room(error)
        return Outcome(Fate.LARGE if needs_more else Fate.AGAIN, pause)
    except Exception as error:  # outside of a job, which tells of its failures by the two above
        logger.warning("task_failed", exc_info=True)
        if is_unavailable(error):
            return Outcome(Fate.AGAIN, OUTAGE_PAUSE)
        return Outcome(Fate.AGAIN, _SURPRISE_PAUSE, is_foreseen=False)
    return Outcome(Fate.DONE)


def _interrupted(turn: Turn, *, is_long: bool) -> Outcome:
    return Outcome(Fate.LARGE if is_long and turn.has_larger_workers else Fate.AGAIN)


def _is_lack_of_room(error: Retry) -> bool:
    """Whether the attempt behind a retry failed for want of memory or disk."""
    reason = error.__cause__ and error.__cause__.__cause__
    return isinstance(reason, MemoryError) or (isinstance(reason, OSError) and reason.errno == errno.ENOSPC)
