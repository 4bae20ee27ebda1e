"""localstack/init-aws.sh and local/aws.py must make the same bucket and queues."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from local.aws import AwsAccess, create_resources

PROJECT = Path(__file__).resolve().parents[3]
SHIM = Path(__file__).with_name("awslocal.py")
VOLATILE = {"QueueArn", "CreatedTimestamp", "LastModifiedTimestamp"}


@pytest.fixture
def access() -> Iterator[AwsAccess]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield AwsAccess(f"http://{host}:{port}")
    server.stop()


def run_init_script(access: AwsAccess, folder: Path, bucket: str, queue: str) -> None:
    shim = folder / "awslocal"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{SHIM}" "$@"\n')
    shim.chmod(0o755)
    environment = {
        **access.environment(),
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "S3_BUCKET_NAME": bucket,
        "SQS_QUEUE_NAME": queue,
    }
    subprocess.run([PROJECT / "localstack" / "init-aws.sh"], env=environment, check=True)


def made(access: AwsAccess, bucket: str, queue: str) -> dict[str, object]:
    """The attributes of the bucket and both queues, without names and times."""
    session = boto3.Session(access.access_key, access.secret_key, region_name=access.region)
    s3 = session.client("s3", endpoint_url=access.endpoint)
    sqs = session.client("sqs", endpoint_url=access.endpoint)
    found: dict[str, object] = {
        "versioning": s3.get_bucket_versioning(Bucket=bucket).get("Status"),
        "location": s3.get_bucket_location(Bucket=bucket)["LocationConstraint"],
        "cors": s3.get_bucket_cors(Bucket=bucket)["CORSRules"],
        "lifecycle": s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"],
    }
    for name in (queue, f"{queue}_dlq"):
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        kept: dict[str, object] = {key: value for key, value in attributes.items() if key not in VOLATILE}
        if "RedrivePolicy" in kept:
            kept["RedrivePolicy"] = json.loads(str(kept["RedrivePolicy"]))
        found[name.replace(queue, "queue")] = kept
    return json.loads(json.dumps(found).replace(queue, "queue"))  # type: ignore[no-any-return]


def test_script_and_launcher_make_the_same(access: AwsAccess, tmp_path: Path) -> None:
    run_init_script(access, tmp_path, "from-script", "script")
    create_resources(access, "from-launcher", "launcher")
    by_script = made(access, "from-script", "script")
    assert by_script == made(access, "from-launcher", "launcher")
    cors = by_script["cors"]
    assert isinstance(cors, list)
    assert cors[0]["AllowedOrigins"] == ["http://127.0.0.1:*", "http://localhost:*"]
    assert cors[0]["AllowedMethods"] == ["PUT"]
    lifecycle = by_script["lifecycle"]
    assert isinstance(lifecycle, list)
    assert lifecycle[0]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    queue = by_script["queue"]
    assert isinstance(queue, dict)
    assert queue["VisibilityTimeout"] == "300"
    assert queue["MessageRetentionPeriod"] == str(14 * 24 * 60 * 60)
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": f"arn:aws:sqs:{access.region}:123456789012:queue_dlq",
        "maxReceiveCount": 3,
    }


def test_either_may_be_repeated_and_follow_the_other(access: AwsAccess, tmp_path: Path) -> None:
    create_resources(access, "bucket-1", "queue-1")
    before = made(access, "bucket-1", "queue-1")
    for _ in range(2):
        run_init_script(access, tmp_path, "bucket-1", "queue-1")
        assert made(access, "bucket-1", "queue-1") == before
        create_resources(access, "bucket-1", "queue-1")
        assert made(access, "bucket-1", "queue-1") == before


@pytest.mark.parametrize("region", ["eu-west-1"])
def test_the_script_serves_other_regions(access: AwsAccess, tmp_path: Path, region: str) -> None:
    elsewhere = AwsAccess(access.endpoint, region)
    run_init_script(elsewhere, tmp_path, "bucket-2", "queue-2")
    assert made(elsewhere, "bucket-2", "queue-2")["location"] == region
