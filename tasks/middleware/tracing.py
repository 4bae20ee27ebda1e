"""A click's trace goes on in the worker: its ids travel in the options of the message."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from dramatiq import Broker, Message, MessageProxy, Worker
from opentelemetry.trace import Span, SpanKind

from ingestion.telemetry import traces
from tasks.middleware.around import AroundMessages


@contextmanager
def sending(message: Message[Any]) -> Iterator[None]:
    """A span around the sending of a message, which names it to whoever receives the message.

    A retry is sent by the attempt that failed, and names that. Not `before_enqueue`: dramatiq-sqs has put the
    message into words by then, and what is added to its options stays behind.
    """
    attributes = _attributes(message, "send")
    with traces.span(f"send {message.queue_name}", attributes, kind=SpanKind.PRODUCER):
        traces.hand_on(message.options)
        yield


def processing(message: Message[Any] | MessageProxy) -> AbstractContextManager[Span]:
    """A span around the work on a message: of the trace that it was sent in, or the first of a new one."""
    return traces.continued(message.options, f"process {message.queue_name}", _attributes(message, "process"))


class Tracing(AroundMessages):
    """Traces the work on messages, and sends the last spans before a worker ends."""

    def __init__(self) -> None:
        self._open: dict[str, AbstractContextManager[Span]] = {}

    def begin(self, message: MessageProxy) -> None:
        """Begin."""
        self._open[message.message_id] = begun = processing(message)
        begun.__enter__()

    def end(self, message: MessageProxy, error: BaseException | None) -> None:
        """End, in the thread that began."""
        if begun := self._open.pop(message.message_id, None):
            begun.__exit__(
                None if error is None else type(error),
                error,
                None if error is None else error.__traceback__,
            )

    def after_worker_shutdown(self, broker: Broker, worker: Worker) -> None:  # noqa: ARG002
        """Send what waits: a process that was forked runs nothing that was left for its exit."""
        traces.stop()


def _attributes(message: Message[Any] | MessageProxy, operation: str) -> dict[str, str | int]:
    """By OpenTelemetry's conventions for messaging."""
    attributes: dict[str, str | int] = {
        "messaging.system": "aws_sqs",
        "messaging.destination.name": message.queue_name,
        "messaging.operation.type": operation,
        "messaging.operation.name": operation,
        "messaging.message.id": message.message_id,
        "ingestion.actor": message.actor_name,
    }
    job_id = message.kwargs.get("job_id")
    return attributes | {"ingestion.job.id": job_id} if isinstance(job_id, int) else attributes
