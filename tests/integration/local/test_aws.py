import http.client
import os
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import psutil
import pytest
from botocore.exceptions import ClientError

from local import aws as local_aws
from local.aws import AwsAccess, EmulatedAws, create_resources, emulator_python
from local.errors import StackError
from local.ports import free_port

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef
    from mypy_boto3_sqs.client import SQSClient

BUCKET, QUEUE = "data-ingestion-bucket", "data-ingestion-queue"
KEY = "uploads/u1/job-1.csv"
MEGABYTE = 1024 * 1024


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


def complete(client: "S3Client", upload: str, parts: "list[CompletedPartTypeDef]") -> str:
    made = client.complete_multipart_upload(
        Bucket=BUCKET, Key=KEY, UploadId=upload, MultipartUpload={"Parts": parts}
    )
    return made["ETag"]


def test_large_objects_leave_the_memory_as_it_is(emulator: EmulatedAws) -> None:
    assert emulator.identity is not None
    process = psutil.Process(emulator.identity.pid)
    before = process.memory_info().rss
    client = s3_of(emulator.access)
    part = os.urandom(8 * MEGABYTE)
    upload = client.create_multipart_upload(Bucket=BUCKET, Key=KEY)["UploadId"]
    parts: list[CompletedPartTypeDef] = []
    for number in range(1, 25):
        sent = client.upload_part(Bucket=BUCKET, Key=KEY, UploadId=upload, PartNumber=number, Body=part)
        parts.append({"PartNumber": number, "ETag": sent["ETag"]})
    after = [process.memory_info().rss]
    assert len(client.list_parts(Bucket=BUCKET, Key=KEY, UploadId=upload)["Parts"]) == 24
    etag = complete(client, upload, parts)
    after.append(process.memory_info().rss)
    stored = client.get_object(Bucket=BUCKET, Key=KEY)
    for chunk in stored["Body"].iter_chunks(len(part)):
        assert chunk == part
        after.append(process.memory_info().rss)

    assert max(after) - before < 64 * MEGABYTE, "of 192"
    assert len(after) == 26
    assert (stored["ETag"], stored["ContentLength"]) == (etag, 24 * len(part))
    assert etag.endswith('-24"')
    some = client.get_object(Bucket=BUCKET, Key=KEY, Range=f"bytes={len(part) - 5}-{len(part) + 4}")["Body"]
    assert some.read() == part[-5:] + part[:5]
    assert list((emulator._directory / "parts").iterdir()) == []


def test_an_upload_in_parts_is_checked_and_can_be_aborted_and_made_only_once(emulator: EmulatedAws) -> None:
    client = s3_of(emulator.access)
    with pytest.raises(client.exceptions.NoSuchUpload):
        client.upload_part(Bucket=BUCKET, Key=KEY, UploadId="../../x", PartNumber=1, Body=b"x")
    aborted = client.create_multipart_upload(Bucket=BUCKET, Key=KEY)["UploadId"]
    client.upload_part(Bucket=BUCKET, Key=KEY, UploadId=aborted, PartNumber=1, Body=b"x")
    client.abort_multipart_upload(Bucket=BUCKET, Key=KEY, UploadId=aborted)
    assert list((emulator._directory / "parts").iterdir()) == []

    upload = client.create_multipart_upload(Bucket=BUCKET, Key=KEY)["UploadId"]
    part = client.upload_part(Bucket=BUCKET, Key=KEY, UploadId=upload, PartNumber=1, Body=b"email\n")
    for number, etag in ((2, part["ETag"]), (1, '"no"')):
        with pytest.raises(ClientError, match="InvalidPart"):
            complete(client, upload, [{"PartNumber": number, "ETag": etag}])
    for _ in range(2):  # as after an answer that was lost
        complete(client, upload, [{"PartNumber": 1, "ETag": part["ETag"]}])
    assert content(emulator.access) == b"email\n"
    assert len(client.list_object_versions(Bucket=BUCKET)["Versions"]) == 1


def test_a_large_object_outlives_a_kill_whole(emulator: EmulatedAws) -> None:
    client = s3_of(emulator.access)
    upload = client.create_multipart_upload(Bucket=BUCKET, Key=KEY, ContentType="text/csv")["UploadId"]
    part = client.upload_part(Bucket=BUCKET, Key=KEY, UploadId=upload, PartNumber=1, Body=b"x" * MEGABYTE)
    complete(client, upload, [{"PartNumber": 1, "ETag": part["ETag"]}])
    before: Mapping[str, object] = client.head_object(Bucket=BUCKET, Key=KEY)
    assert emulator.identity is not None
    os.kill(emulator.identity.pid, signal.SIGKILL)
    while emulator.exit_code is None:
        time.sleep(0.01)
    emulator.start(free_port())

    after: Mapping[str, object] = s3_of(emulator.access).head_object(Bucket=BUCKET, Key=KEY)
    for fact in ("ETag", "ContentLength", "ContentType", "VersionId"):
        assert after[fact] == before[fact]
    assert content(emulator.access) == b"x" * MEGABYTE


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
