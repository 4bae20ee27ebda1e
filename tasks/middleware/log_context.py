"""Which message a worker's lines are about."""

from contextlib import ExitStack
from contextvars import ContextVar
from typing import Any

from dramatiq import Broker, MessageProxy, Middleware

from ingestion.telemetry import context


class LogContext(Middleware):
    """Has every line that is logged while a message is worked on carry its ids, and those of who asked.

    It belongs at the beginning of a broker's list, so that it is around those that log.
    """

    def __init__(self) -> None:
        self._bound: ContextVar[ExitStack | None] = ContextVar("bound", default=None)

    def before_process_message(self, broker: Broker, message: MessageProxy) -> None:  # noqa: ARG002
        """Bind them, in the thread that works."""
        bound = ExitStack()
        bound.enter_context(
            context.bound(
                message_id=message.message_id,
                actor=message.actor_name,
                job_id=message.kwargs.get("job_id"),
                request_id=message.options.get("request_id"),
            )
        )
        self._bound.set(bound)

    def after_process_message(
        self,
        broker: Broker,  # noqa: ARG002
        message: MessageProxy,  # noqa: ARG002
        *,
        result: Any = None,  # noqa: ARG002
        exception: BaseException | None = None,  # noqa: ARG002
    ) -> None:
        """Let go of them."""
        if bound := self._bound.get():
            bound.close()
            self._bound.set(None)

    def after_skip_message(self, broker: Broker, message: MessageProxy) -> None:
        """Let go of them."""
        self.after_process_message(broker, message)
