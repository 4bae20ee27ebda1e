"""What AWS Lambda calls: `process` with messages of the queue, `upkeep` by a schedule."""

from collections.abc import Mapping
from typing import Any, Protocol

from ingestion.settings import load_settings
from ingestion.telemetry import process as telemetry
from tasks.serverless import database_secret

# Before the broker is imported, which reads the settings, and begins to tell what happens as a worker does.
database_secret.read()
telemetry.start(load_settings(), "lambda")

from tasks.serverless import batch  # noqa: E402
from tasks.serverless import upkeep as keeping  # noqa: E402
from tasks.serverless.deliveries import Delivery  # noqa: E402

Answer = dict[str, list[dict[str, str]]]


class Context(Protocol):
    """What AWS tells an invocation of itself.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    def get_remaining_time_in_millis(self) -> int:
        """Until the invocation is ended."""


def process(event: Mapping[str, Any], context: Context) -> Answer:
    """Work on a batch of messages; says which of them have to come again.

    The event source mapping has ReportBatchItemFailures: all others are deleted from the queue.
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    deliveries = [Delivery.of(record) for record in event["Records"]]
    try:
        again = batch.work_off(deliveries, lambda: _seconds_left(context))
    finally:
        telemetry.flush()
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in again]}


def upkeep(event: Mapping[str, Any], context: Context) -> None:  # noqa: ARG001  (a schedule's says nothing)
    """Do what workers do beside their tasks: once a minute is enough."""
    try:
        keeping.keep_up(lambda: _seconds_left(context))
    finally:
        telemetry.flush()


def _seconds_left(context: Context) -> float:
    return context.get_remaining_time_in_millis() / 1000
