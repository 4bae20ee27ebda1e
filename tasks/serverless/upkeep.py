"""What workers do beside their tasks, for an installation whose worker is a Lambda: somebody has to."""

import functools
from collections.abc import Callable

from dramatiq.middleware import Shutdown

from ingestion.telemetry import readings
from ingestion.telemetry.logs import get_logger
from ingestion.telemetry.readings import Readings
from tasks.broker import settings
from tasks.requeue import clean_up, purge, requeue_lost
from tasks.resources import engine, queue, sessions
from tasks.serverless.attempts import TO_HAND_BACK
from tasks.serverless.deadline import Deadline

logger = get_logger(__name__)


@functools.cache
def _readings() -> Readings:
    return readings.of_installation(sessions(), queue, settings)


def report() -> None:
    """Set the gauges of what the database and the queue know."""
    if settings.metrics_namespace:
        _readings().report()


_WORKS: tuple[Callable[[], object], ...] = (requeue_lost, report, purge, clean_up)


def keep_up(seconds_left: Callable[[], float]) -> None:
    """Look for what was lost, remove what was deleted and what is too old, as far as the time goes.

    All of it can be broken off anywhere and goes on the next time. One that fails keeps none of the others;
    raises the first failure at the end, so that AWS counts it.
    """
    failures: list[Exception] = []
    for work in _WORKS:
        seconds = seconds_left() - TO_HAND_BACK
        if seconds <= 0:
            logger.warning("upkeep_not_begun", work=work.__name__)
            continue
        try:
            with Deadline(seconds, Shutdown, engine()):
                work()
        except Shutdown:
            logger.warning("upkeep_interrupted", work=work.__name__)
        except Exception as error:
            logger.warning("upkeep_failed", work=work.__name__, exc_info=True)
            failures.append(error)
    if failures:
        raise failures[0]
