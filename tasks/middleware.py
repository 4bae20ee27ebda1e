"""What happens around tasks in a worker process."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from dramatiq import Broker, MessageProxy, Middleware

logger = logging.getLogger(__name__)

_CHECK_SECONDS = 15
_CLEAN_UP_SECONDS = 600
"""Nobody waits for it: it ends what was silent for a day."""


class Heartbeat(Middleware):
    """Keeps the messages of running tasks invisible, so that no other worker starts them.

    `visibility_timeout` is the queue's, in seconds: after that long, a dead worker's message comes again.
    """

    def __init__(self, visibility_timeout: int) -> None:
        self._timeout = visibility_timeout
        self._running: dict[str, Any] = {}
        self._lock = threading.Lock()

    def after_process_boot(self, broker: Broker) -> None:  # noqa: ARG002
        """Start beating."""
        _every(self._timeout / 3, self._beat, "heartbeat")

    def before_process_message(self, broker: Broker, message: MessageProxy) -> None:  # noqa: ARG002
        """Begin to keep a message."""
        with self._lock:
            self._running[message.message_id] = message._sqs_message

    def after_process_message(
        self,
        broker: Broker,  # noqa: ARG002
        message: MessageProxy,
        *,
        result: Any = None,  # noqa: ARG002
        exception: BaseException | None = None,  # noqa: ARG002
    ) -> None:
        """Let go of a message."""
        with self._lock:
            self._running.pop(message.message_id, None)

    def after_skip_message(self, broker: Broker, message: MessageProxy) -> None:
        """Let go of a message."""
        self.after_process_message(broker, message)

    def _beat(self) -> None:
        with self._lock:
            running = list(self._running.values())
        for message in running:
            message.change_visibility(VisibilityTimeout=self._timeout)


class WarmUp(Middleware):
    """Loads at a worker's start what the first file would wait for."""

    def after_process_boot(self, broker: Broker) -> None:  # noqa: ARG002
        """Load it. Where the database does not answer, dramatiq logs that; the first file finds it then."""
        from tasks.resources import warm_up  # it needs the broker first

        warm_up()


class RequeueLost(Middleware):
    """Looks now and then for jobs whose message was lost, and for uploads that nobody sends any more.

    Any worker may; each job is found by one.
    """

    def after_process_boot(self, broker: Broker) -> None:  # noqa: ARG002
        """Start looking."""
        from tasks.requeue import clean_up, requeue_lost  # they need the actors, which need the broker first

        _every(_CHECK_SECONDS, requeue_lost, "requeue-lost")
        _every(_CLEAN_UP_SECONDS, clean_up, "clean-up")


def _every(seconds: float, work: Callable[[], object], name: str) -> None:
    def run() -> None:
        while True:
            time.sleep(seconds)
            try:
                work()
            except Exception:  # one failure, of a network or a database, must not end the loop
                logger.warning("%s failed; it is tried again", name, exc_info=True)

    threading.Thread(target=run, name=name, daemon=True).start()
