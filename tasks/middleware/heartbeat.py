"""Keeping the messages of running tasks to ourselves."""

import threading
from typing import Any

from dramatiq import Broker, MessageProxy

from ingestion.telemetry.logs import get_logger
from tasks.middleware.around import AroundMessages
from tasks.middleware.periodic import Periodically

logger = get_logger(__name__)


class Heartbeat(AroundMessages):
    """Keeps the messages of running tasks invisible, so that no other worker starts them.

    `visibility_timeout` is the queue's, in seconds: after that long, a dead worker's message comes again.
    """

    def __init__(self, visibility_timeout: int) -> None:
        self._timeout = visibility_timeout
        self._running: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._beats = Periodically(visibility_timeout / 3, self._beat, "heartbeat")

    def after_process_boot(self, broker: Broker) -> None:  # noqa: ARG002
        """Start beating."""
        self._beats.start()

    def begin(self, message: MessageProxy) -> None:
        """Begin to keep a message."""
        with self._lock:
            self._running[message.message_id] = message._sqs_message

    def end(self, message: MessageProxy, error: BaseException | None) -> None:  # noqa: ARG002
        """Let go of a message."""
        with self._lock:
            self._running.pop(message.message_id, None)

    def _beat(self) -> None:
        with self._lock:
            running = list(self._running.items())
        for message_id, message in running:
            try:
                message.change_visibility(VisibilityTimeout=self._timeout)
            except Exception:  # the others must not miss their beat for it
                logger.warning("message_not_kept", message_id=message_id, exc_info=True)
