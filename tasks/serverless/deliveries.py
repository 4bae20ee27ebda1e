"""Messages as an event source mapping hands them to a Lambda, and what is done about each in SQS."""

import functools
import math
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from botocore.exceptions import BotoCoreError, ClientError
from dramatiq import Message

from ingestion.telemetry.logs import get_logger

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

logger = get_logger(__name__)

LAST_RECEIVE = 3
"""A message that was received so often and comes back once more is taken by the queue's redrive policy."""

# Quotas of SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
_BATCH = 10
_LONGEST_DELAY = 900


@dataclass(frozen=True)
class Delivery:
    """One message, received once."""

    message_id: str
    """SQS's own, by which a Lambda says what has to come again."""
    receipt: str
    body: str
    receives: int
    """How often it was received, this time included."""
    queue_name: str
    """Where it came from."""

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """The delivery that a record of an event is.

        https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
        """
        return cls(
            message_id=record["messageId"],
            receipt=record["receiptHandle"],
            body=record["body"],
            receives=int(record["attributes"]["ApproximateReceiveCount"]),
            queue_name=record["eventSourceARN"].rsplit(":", 1)[-1],
        )


class Fate(StrEnum):
    """What is to become of a message."""

    DONE = "done"
    AGAIN = "comes again"
    LARGE = "left to the workers that take large files"
    DEAD = "a dead letter"


@dataclass(frozen=True)
class Outcome:
    """What came of working on a message."""

    fate: Fate
    pause: float = 0.0
    """Before it is worked on again, in seconds."""
    is_foreseen: bool = True
    """Whether coming again is part of the plan. Otherwise SQS counts how often, and ends it."""


@dataclass(frozen=True)
class Post:
    """Where messages go. Nothing here raises: what SQS does not take comes again by itself, later."""

    client: "SQSClient"
    dead_letter_queue_name: str
    large_file_queue_name: str | None

    def keep(self, deliveries: Sequence[Delivery], seconds: float) -> None:
        """Hide messages of one queue from others for so long from now."""
        for begin in range(0, len(deliveries), _BATCH):
            some = deliveries[begin : begin + _BATCH]
            try:
                self.client.change_message_visibility_batch(
                    QueueUrl=self._url(some[0].queue_name),
                    Entries=[
                        {
                            "Id": str(at),
                            "ReceiptHandle": delivery.receipt,
                            "VisibilityTimeout": math.ceil(seconds),
                        }
                        for at, delivery in enumerate(some)
                    ],
                )
            except (BotoCoreError, ClientError):  # they stay hidden for as long as they are
                logger.warning("messages_not_kept", messages=len(some), exc_info=True)

    def settle(self, delivery: Delivery, outcome: Outcome) -> bool:
        """Do what is to become of a message; whether SQS has to deliver it again."""
        try:
            match outcome.fate:
                case Fate.DONE:
                    return False
                case Fate.DEAD:
                    self._send(self.dead_letter_queue_name, delivery.body)
                    return False
                case Fate.LARGE:
                    assert self.large_file_queue_name is not None, "nobody else takes large files"
                    body = readdressed(delivery.body, self.large_file_queue_name)
                    self._send(self.large_file_queue_name, body, outcome.pause)
                    return False
                case Fate.AGAIN:
                    return self._comes_again(delivery, outcome)
        except (BotoCoreError, ClientError):
            logger.warning("message_not_settled", message_id=delivery.message_id, exc_info=True)
            return True

    def _comes_again(self, delivery: Delivery, outcome: Outcome) -> bool:
        if outcome.is_foreseen and delivery.receives >= LAST_RECEIVE:
            # The job counts its attempts: its message must not be a dead letter before they are used up.
            self._send(delivery.queue_name, delivery.body, outcome.pause)
            return False
        self.client.change_message_visibility(
            QueueUrl=self._url(delivery.queue_name),
            ReceiptHandle=delivery.receipt,
            VisibilityTimeout=math.ceil(outcome.pause),
        )
        return True

    def _send(self, queue_name: str, body: str, pause: float = 0.0) -> None:
        delay = min(math.ceil(pause), _LONGEST_DELAY)
        self.client.send_message(QueueUrl=self._url(queue_name), MessageBody=body, DelaySeconds=delay)

    def _url(self, queue_name: str) -> str:
        return _url_of(self.client, queue_name)


def readdressed(body: str, queue_name: str) -> str:
    """The same message for the workers of another queue: when they retry it, they send it where it says."""
    message = Message[Any].decode(b64decode(body)).copy(queue_name=queue_name)
    return b64encode(message.encode()).decode()


@functools.cache
def _url_of(client: "SQSClient", queue_name: str) -> str:
    return client.get_queue_url(QueueName=queue_name)["QueueUrl"]
