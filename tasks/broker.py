"""The SQS broker, wired when this module is imported: an actor binds its broker when it is declared."""

import os
import time
from typing import Any

import dramatiq
from botocore.config import Config
from dramatiq.middleware import TimeLimit
from dramatiq.middleware.retries import Retries
from dramatiq_sqs import SQSBroker
from dramatiq_sqs.broker import SQSConsumer

from db.outages import is_unavailable
from ingestion.settings import Settings, load_settings
from ingestion.telemetry import process
from ingestion.telemetry.logs import get_logger
from tasks.middleware import tracing
from tasks.middleware.heartbeat import Heartbeat
from tasks.middleware.log_context import LogContext
from tasks.middleware.metrics import Metrics
from tasks.middleware.protection import ScaleInProtection
from tasks.middleware.shutdown import TimelyShutdown
from tasks.middleware.upkeep import Presence, Sweep, WarmUp

logger = get_logger(__name__)

_SURPRISES = 5
"""So often is a message sent again whose task fails outside of a job, which counts its own attempts."""
_FIRST_PAUSE_MS = 1_000
_LONGEST_PAUSE_MS = 60_000
"""While the database does not answer: for people who wait, soon after it does again."""

_BUSY_PAUSE_SECONDS = 0.05


class SafeConsumer(SQSConsumer):  # type: ignore[misc]
    """A consumer that goes on fetching after a failed acknowledge, and fetches at once after a quiet hour."""

    def __next__(self) -> Any:
        """The next message, or None after a wait for one."""
        if self.message_refc >= self.prefetch or self.broker.is_stopping:
            time.sleep(_BUSY_PAUSE_SECONDS)
            return None
        # Long polling paces an idle queue already; the back-off on top would keep a job waiting for seconds.
        self.misses = 0
        return super().__next__()

    def ack(self, message: Any) -> None:
        """Delete the message. When that fails it is delivered again, which every actor stands."""
        self._finish(message, dead=False)

    def nack(self, message: Any) -> None:
        """Move the message to the dead-letter queue."""
        self._finish(message, dead=True)

    def _finish(self, message: Any, *, dead: bool) -> None:
        try:
            if dead and self.dead_letter_queue is not None:
                self.dead_letter_queue.send_message(MessageBody=message._sqs_message.body)
            message._sqs_message.delete()
        except Exception:  # whatever it was, the message comes again
            logger.warning("message_not_acknowledged", message_id=message.message_id, exc_info=True)
        finally:
            # Counted down in any case: otherwise this worker would never fetch again.
            self.message_refc -= 1


class SafeBroker(SQSBroker):  # type: ignore[misc]
    """The SQS broker with the consumer above, one message at a time for each process.

    A message fetched ahead is counted as received when a neighbour crashes the process, and after three such
    receives an innocent message would be in the dead-letter queue.
    """

    def __init__(self, *, wait_seconds: int, dead_letter_queue_name: str, **options: Any) -> None:
        self._wait_seconds = wait_seconds
        self._dead_letter_queue_name = dead_letter_queue_name
        self.is_stopping = False
        super().__init__(**options)

    def enqueue(self, message: Any, *, delay: int | None = None) -> Any:
        """Send a message, which carries on the trace that it is sent in."""
        with tracing.sending(message):
            return super().enqueue(message, delay=delay)

    @property
    def consumer_class(self) -> type[SafeConsumer]:
        """What `consume` makes."""
        return SafeConsumer

    def _get_or_create_sqs_queue(self, sqs_queue_name: str, **_attributes: Any) -> Any:
        # Never made here: a queue without our visibility timeout and dead letters would lose and repeat work.
        if sqs_queue_name not in self.queue_names:  # dramatiq's own name for the one of dead letters
            sqs_queue_name = self._dead_letter_queue_name
        try:
            return self.sqs.get_queue_by_name(QueueName=sqs_queue_name)
        except self.sqs.meta.client.exceptions.QueueDoesNotExist:
            raise dramatiq.QueueNotFound(  # type: ignore[no-untyped-call]
                f"There is no queue {sqs_queue_name}. Create it first, as localstack/init-aws.sh does."
            ) from None

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 0) -> Any:  # noqa: ARG002
        """A consumer for the queue, by our own prefetch and wait rather than the worker's."""
        consumer = super().consume(queue_name, prefetch=1, timeout=self._wait_seconds * 1000)
        consumer.broker = self
        return consumer


def make_broker(settings: Settings) -> SafeBroker:
    """The broker that the settings name. Its queues are created beforehand, with their attributes."""
    return SafeBroker(
        wait_seconds=settings.sqs_wait_seconds,
        dead_letter_queue_name=settings.dead_letter_queue_name,
        dead_letter=True,
        visibility_timeout=None,  # the queue's own
        middleware=[
            tracing.Tracing(),  # before the others: what they do about a message belongs to its trace
            LogContext(),
            Metrics(settings),
            TimeLimit(time_limit=settings.job_time_limit_minutes * 60_000),
            TimelyShutdown(settings.shutdown_seconds),
            Retries(min_backoff=_FIRST_PAUSE_MS, max_backoff=_LONGEST_PAUSE_MS, retry_when=_is_sent_again),
            Heartbeat(settings.visibility_timeout_seconds),
            ScaleInProtection(os.environ.get("ECS_AGENT_URI")),  # ECS' own, and not for us to choose
            WarmUp(),
            Presence(),
            Sweep(),
        ],
        endpoint_url=settings.aws_endpoint_url,
        **settings.aws_account,
        config=Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "max_attempts": 3}),
    )


def _is_sent_again(retries: int, error: BaseException) -> bool:
    return isinstance(error, dramatiq.Retry) or is_unavailable(error) or retries < _SURPRISES


settings = load_settings()
process.start(settings, "worker")  # Dramatiq has forked by now: threads that it begins are this process's
broker = make_broker(settings)
dramatiq.set_broker(broker)
