import http.client
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from local import aws as local_aws
from local.aws import AwsAccess, EmulatedAws, create_resources, emulator_python
from local.errors import StackError
from local.ports import free_port

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

BUCKET, QUEUE = "data-ingestion-bucket", "data-ingestion-queue"
KEY = "uploads/u1/job-1.csv"


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[EmulatedAws]:
    if not emulator_python().exists():
        pytest.fail("The emulator's environment is missing: python3 run.py test creates it.")
    emulator = EmulatedAws(tmp_path / "aws", tmp_path / "aws.log")
    emulator.start(free_port())
    create_resources(emulator.access, BUCKET, QUEUE)
    yield emulator
    emulator.stop()


def session(access: AwsAccess) -> boto3.Session:
    return boto3.Session(access.access_key, access.secret_key, region_name=access.region)


def s3_of(access: AwsAccess) -> "S3Client":
    return session(access).client("s3", endpoint_url=access.endpoint)


def sqs_of(access: AwsAccess) -> "SQSClient":
    return session(access).client("sqs", endpoint_url=access.endpoint)


def content(access: AwsAccess) -> bytes:
    return s3_of(access).get_object(Bucket=BUCKET, Key=KEY)["Body"].read()


def messages(access: AwsAccess) -> int:
    sqs = sqs_of(access)
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(attributes["Attributes"]["ApproximateNumberOfMessages"])


def put_one_of_each(access: AwsAccess) -> None:
    s3_of(access).put_object(Bucket=BUCKET, Key=KEY, Body=b"email\nana@example.com\n", ContentType="text/csv")
    sqs = sqs_of(access)
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"], MessageBody="job 1")


def test_objects_and_messages_outlive_a_restart_on_another_port(emulator: EmulatedAws) -> None:
    put_one_of_each(emulator.access)
    emulator.stop()
    emulator.start(free_port())
    create_resources(emulator.access, BUCKET, QUEUE)
    assert content(emulator.access) == b"email\nana@example.com\n"
    assert messages(emulator.access) == 1


def test_objects_outlive_a_kill(emulator: EmulatedAws) -> None:
    put_one_of_each(emulator.access)
    assert emulator.identity is not None
    os.kill(emulator.identity.pid, signal.SIGKILL)
    while emulator.exit_code is None:
        time.sleep(0.01)
    emulator.start(free_port())
    create_resources(emulator.access, BUCKET, QUEUE)
    assert content(emulator.access) == b"email\nana@example.com\n"


def test_creating_again_keeps_what_is_there(emulator: EmulatedAws) -> None:
    put_one_of_each(emulator.access)
    create_resources(emulator.access, BUCKET, QUEUE)
    assert content(emulator.access) == b"email\nana@example.com\n"
    assert messages(emulator.access) == 1


def test_the_queue_redrives_to_the_dead_letter_queue(emulator: EmulatedAws) -> None:
    sqs = sqs_of(emulator.access)
    put_one_of_each(emulator.access)
    create_resources(emulator.access, BUCKET, QUEUE, visibility_seconds=0)
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    dead_letters = sqs.get_queue_url(QueueName=f"{QUEUE}_dlq")["QueueUrl"]
    for _ in range(local_aws.MAX_RECEIVES):
        assert sqs.receive_message(QueueUrl=url).get("Messages")
    assert not sqs.receive_message(QueueUrl=url).get("Messages")
    assert sqs.receive_message(QueueUrl=dead_letters)["Messages"][0]["Body"] == "job 1"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/_ministack/health", {}, 200),
        ("POST", "/_ministack/reset", {}, 403),
        ("POST", f"/{BUCKET}?delete", {"Origin": "https://elsewhere.example"}, 403),
        ("GET", f"/{BUCKET}", {"Host": "rebound.example"}, 403),
    ],
)
def test_other_sites_pages_are_kept_out(
    emulator: EmulatedAws, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    connection = http.client.HTTPConnection(emulator.access.endpoint.removeprefix("http://"), timeout=10)
    try:
        connection.request(method, path, headers=headers)
        assert connection.getresponse().status == status
    finally:
        connection.close()


def test_a_missing_environment_is_told_in_words(tmp_path: Path) -> None:
    emulator = EmulatedAws(tmp_path / "aws", tmp_path / "aws.log", tmp_path / "nowhere" / "python")
    with pytest.raises(StackError, match=r"environment is missing .*: start with run\.py"):
        emulator.start(free_port())
