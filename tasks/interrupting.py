"""Interrupting a task for good: once may not be enough."""

from collections.abc import Callable

from sqlalchemy import Engine

from db.engine import cancel_running
from ingestion.telemetry.logs import get_logger

logger = get_logger(__name__)

_TO_NOTICE = 1.0
_UNTIL_AGAIN = 4.0


def interrupt_after(
    seconds: float,
    ends_within: Callable[[float], bool],
    interrupt: Callable[[], object],
    engine: Callable[[], Engine],
) -> None:
    """Interrupt a task that goes on for longer than `seconds`, until it has ended.

    `ends_within` waits for that, so many seconds at most. Statements that the task waits for in the database
    are cancelled: an interruption waits for those.
    """
    pause = seconds
    while not ends_within(pause):
        interrupt()
        if not ends_within(_TO_NOTICE):
            logger.info("statements_cancelled")
            cancel_running(engine())
        # Once more, then: what is raised while Python calls back from C may be lost there.
        pause = _UNTIL_AGAIN
