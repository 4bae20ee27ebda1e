"""The worker as a real process, and the queue beside it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3

from ingestion.settings import Settings
from local.aws import ensure_queues

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60


class Worker:
    """`python -m tasks`, one process with one thread, or more such processes."""

    def __init__(self, environment: dict[str, str], log: Path, *, processes: int = 1) -> None:
        self._options = ["--processes", str(processes), "--threads", "1"]
        self._environment = environment
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it takes messages a second or so later."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tasks", *self._options],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End it, and the process that works, as a power cut would."""
        if self._process is not None:
            # Its processes are a group of their own, and some may outlive the first: nobody else is meant.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self.wait()

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self.ask_to_stop()
        self.wait()

    def ask_to_stop(self) -> None:
        """Ask it to end. It hands the signal on; a second one would mean: at once."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)

    def wait(self) -> None:
        """Wait until it has ended."""
        if self._process is not None:
            self._process.wait(PATIENCE_SECONDS)
            self._process = None


class Queue:
    """The queue and its dead letters, as the product's settings name them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sqs = boto3.client(
            "sqs",
            endpoint_url=settings.aws_endpoint_url,
            **settings.aws_account,
        )
        self._url = self._sqs.get_queue_url(QueueName=settings.sqs_queue_name)["QueueUrl"]
        self._dead_url = self._sqs.get_queue_url(QueueName=settings.dead_letter_queue_name)["QueueUrl"]

    def hide_taken_messages_for(self, seconds: int) -> None:
        """Change the visibility timeout."""
        self._sqs.set_queue_attributes(QueueUrl=self._url, Attributes={"VisibilityTimeout": str(seconds)})

    def clear(self) -> None:
        """Drop every message, also those that somebody works on; a purge is allowed only once a minute."""
        for url in (self._url, self._dead_url):
            self._sqs.delete_queue(QueueUrl=url)
        ensure_queues(self._sqs, self._settings.sqs_queue_name, self._settings.visibility_timeout_seconds)

    def waiting_and_taken(self) -> tuple[int, int]:
        """How many messages wait (now or delayed), and how many somebody works on."""
        names = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["All"])["Attributes"]
        waiting = int(names["ApproximateNumberOfMessages"]) + int(names["ApproximateNumberOfMessagesDelayed"])
        return waiting, int(names["ApproximateNumberOfMessagesNotVisible"])

    def dead_letters(self) -> list[dict[str, Any]]:
        """The dead letters, decoded; they stay where they are."""
        found = self._sqs.receive_message(
            QueueUrl=self._dead_url, MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return [json.loads(b64decode(message["Body"])) for message in found.get("Messages", [])]

    def send(self, body: str, *, delay: int = 0) -> None:
        """Put a message into the queue."""
        self._sqs.send_message(QueueUrl=self._url, MessageBody=body, DelaySeconds=delay)

    def bury(self, body: str) -> str:
        """Put a message among the dead letters; gives its id."""
        return self._sqs.send_message(QueueUrl=self._dead_url, MessageBody=body)["MessageId"]

    def count_dead_letters(self) -> int:
        """How many there are, readable or not."""
        found = self._sqs.get_queue_attributes(
            QueueUrl=self._dead_url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(found["Attributes"]["ApproximateNumberOfMessages"])

    def next_message(self) -> dict[str, Any]:
        """The message at the head, decoded; it stays where it is."""
        found = self._sqs.receive_message(QueueUrl=self._url, VisibilityTimeout=0)
        message: dict[str, Any] = json.loads(b64decode(found["Messages"][0]["Body"]))
        return message


def eventually(true: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"after {seconds:.0f} s still not: {what}"
        time.sleep(0.02)
