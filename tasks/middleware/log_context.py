"""Which message a worker's lines are about."""

from contextlib import ExitStack
from contextvars import ContextVar

from dramatiq import MessageProxy

from ingestion.telemetry import context
from tasks.middleware.around import AroundMessages


class LogContext(AroundMessages):
    """Has every line that is logged while a message is worked on carry its ids, and those of who asked.

    It belongs at the beginning of a broker's list, so that it is around those that log.
    """

    def __init__(self) -> None:
        self._bound: ContextVar[ExitStack | None] = ContextVar("bound", default=None)

    def begin(self, message: MessageProxy) -> None:
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

    def end(self, message: MessageProxy, error: BaseException | None) -> None:  # noqa: ARG002
        """Let go of them."""
        if bound := self._bound.get():
            bound.close()
            self._bound.set(None)
