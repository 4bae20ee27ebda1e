"""The queue of jobs and its dead letters in SQS, or in anything that speaks its protocol.

Workers take messages through Dramatiq (`tasks.broker`); this is for people who look after the queue.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ingestion.errors import QueueUnavailable
from ingestion.letters import Letter, read_letter
from ingestion.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

MOST_LETTERS = 500
"""So many dead letters are listed; the others come up when these are gone."""

# SQS moves at most 10 messages in one request.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
_BATCH = 10
# A message must not come a second time while the others are read; nobody should miss it for long either, if
# this process ends before it has given it back.
_HELD_SECONDS = 20
# Long polling asks all of SQS's servers: without it an answer may be empty although there are messages.
_WAIT_SECONDS = 1


@dataclass(frozen=True)
class Depth:
    """How many messages a queue has. SQS counts approximately."""

    waiting: int
    in_flight: int
    """Taken by a worker and not acknowledged yet."""
    delayed: int
    """Sent, and not to be had before their time."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.waiting + self.in_flight + self.delayed


@dataclass(frozen=True)
class Depths:
    """Of the queue and of its dead letters."""

    jobs: Depth
    dead_letters: Depth


@dataclass(frozen=True)
class JobQueue:
    """The queue, its dead-letter queue and a client for both. Safe to use from several threads.

    Every method raises QueueUnavailable where SQS does not answer.
    """

    client: "SQSClient"
    name: str
    dead_letter_name: str

    def depths(self) -> Depths:
        """How many messages there are now."""
        with _answering():
            return Depths(self._depth(self._url(self.name)), self._depth(self._url(self.dead_letter_name)))

    def is_empty(self) -> bool:
        """Whether no message waits, is delayed or is worked on. Dead letters do not count."""
        with _answering():
            return self._depth(self._url(self.name)).total == 0

    def dead_letters(self, limit: int = MOST_LETTERS) -> list[Letter]:
        """The dead letters, oldest first, at most `limit`; they stay where they are.

        One that somebody else looks at in the same seconds may be missing.
        """
        with _answering():
            url = self._url(self.dead_letter_name)
            most = min(limit, self._depth(url).total)
            found: dict[str, MessageTypeDef] = {}
            try:
                for messages in self._received(url):
                    found |= {message["MessageId"]: message for message in messages}
                    if len(found) >= most:
                        break
            finally:
                self._give_back(url, list(found.values()))
        letters = [_letter(message) for message in found.values()]
        return sorted(letters, key=lambda letter: (letter.sent_at, letter.message_id))[:limit]

    def remove(self, message_ids: Collection[str]) -> set[str]:
        """Delete dead letters; returns which. One that is not found is gone already, or somebody looks at it.

        They are received anew: a receipt is only good until the next one is given.
        """
        missing, removed = set(message_ids), set[str]()
        with _answering():
            url = self._url(self.dead_letter_name)
            others: list[MessageTypeDef] = []
            try:
                for messages in self._received(url) if missing else ():
                    for message in messages:
                        if message["MessageId"] not in missing:
                            others.append(message)
                            continue
                        self.client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                        missing.discard(message["MessageId"])
                        removed.add(message["MessageId"])
                    if not missing:
                        break
            finally:
                self._give_back(url, others)
        return removed

    def _url(self, name: str) -> str:
        return self.client.get_queue_url(QueueName=name)["QueueUrl"]

    def _depth(self, url: str) -> Depth:
        counts = self.client.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
                "ApproximateNumberOfMessagesDelayed",
            ],
        )["Attributes"]
        return Depth(
            int(counts["ApproximateNumberOfMessages"]),
            int(counts["ApproximateNumberOfMessagesNotVisible"]),
            int(counts["ApproximateNumberOfMessagesDelayed"]),
        )

    def _received(self, url: str) -> "Iterator[list[MessageTypeDef]]":
        """Messages by the batch, hidden from others, until there are no more."""
        while True:
            messages = self.client.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=_BATCH,
                VisibilityTimeout=_HELD_SECONDS,
                WaitTimeSeconds=_WAIT_SECONDS,
                MessageSystemAttributeNames=["SentTimestamp"],
            ).get("Messages", [])
            if not messages:
                return
            yield messages

    def _give_back(self, url: str, messages: "Sequence[MessageTypeDef]") -> None:
        """Let others see messages again at once. What fails here comes back by itself."""
        for begin in range(0, len(messages), _BATCH):
            self.client.change_message_visibility_batch(
                QueueUrl=url,
                Entries=[
                    {"Id": str(at), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
                    for at, message in enumerate(messages[begin : begin + _BATCH])
                ],
            )


def make_queue(settings: Settings) -> JobQueue:
    """The queue that the settings name. Without keys boto3 finds credentials by its ordinary chain."""
    client = boto3.client(
        "sqs",
        endpoint_url=settings.aws_endpoint_url,
        **settings.aws_account,
        # Somebody waits for a page.
        config=Config(
            connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2}
        ),
    )
    return JobQueue(client, settings.sqs_queue_name, settings.dead_letter_queue_name)


def _letter(message: "MessageTypeDef") -> Letter:
    milliseconds = int(message.get("Attributes", {}).get("SentTimestamp", 0))
    sent_at = dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC)
    return read_letter(message["MessageId"], sent_at, message.get("Body", ""))


@contextmanager
def _answering() -> Iterator[None]:
    """What SQS refuses or does not answer, in our own words."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise QueueUnavailable("The queue does not answer. Try again in a moment.") from error
