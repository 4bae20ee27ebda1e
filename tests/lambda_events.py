"""What AWS does around a Lambda: hand it a queue's messages, and delete those that it does not give back."""

import json
import time
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

import boto3

from ingestion.settings import Settings

_ACCOUNT = "123456789012"


class EventSourceMapping:
    """Between a queue and a Lambda."""

    def __init__(self, settings: Settings, queue_name: str) -> None:
        self._region = settings.aws_region
        self._name = queue_name
        self._sqs = boto3.client("sqs", endpoint_url=settings.aws_endpoint_url, **settings.aws_account)

    @property
    def _url(self) -> str:
        return self._sqs.get_queue_url(QueueName=self._name)["QueueUrl"]

    def batch(self, size: int) -> dict[str, Any]:
        """The event for so many messages, which have to be there."""
        records: list[dict[str, Any]] = []
        while len(records) < size:
            found = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=size - len(records),
                MessageSystemAttributeNames=["All"],
                WaitTimeSeconds=5,
                VisibilityTimeout=300,
            ).get("Messages", [])
            assert found, f"only {len(records)} messages of {size}"
            records += [self._record(message) for message in found]
        return {"Records": records}

    def _record(self, message: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {},
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{self._region}:{_ACCOUNT}:{self._name}",
            "awsRegion": self._region,
        }

    def settle(self, event: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
        """Delete what does not come again; gives the ids of what does."""
        again = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
        assert set(again) <= {record["messageId"] for record in event["Records"]}
        for record in event["Records"]:
            if record["messageId"] not in again:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=record["receiptHandle"])
        return again


class Context:
    """An invocation that ends in so many seconds."""

    def __init__(self, seconds: float = 300.0) -> None:
        self._ends = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """As AWS's."""
        return max(int((self._ends - time.monotonic()) * 1000), 0)


def ids(event: dict[str, Any], *job_ids: int) -> set[str]:
    """The messages of an event that are about these jobs."""
    return {
        record["messageId"]
        for record in event["Records"]
        if json.loads(b64decode(record["body"]))["kwargs"]["job_id"] in job_ids
    }
