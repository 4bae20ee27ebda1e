"""localstack/init-aws.sh and local/aws.py must make the same bucket and queues, in whichever emulator."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.aws import AwsAccess, EmulatedAws, create_resources
from local.ports import free_port
from tests.compose import PROJECT, install_awslocal
from tests.conftest import emulated_aws

VOLATILE = {"QueueArn", "CreatedTimestamp", "LastModifiedTimestamp"}


@pytest.fixture
def access() -> Iterator[AwsAccess]:
    """moto, or what the tests were told to use."""
    with emulated_aws() as access:
        yield access


@pytest.fixture
def ministack(tmp_path: Path) -> Iterator[AwsAccess]:
    """ministack, with nothing in it."""
    emulator = EmulatedAws(tmp_path / "aws", tmp_path / "aws.log")
    emulator.start(free_port())
    yield emulator.access
    emulator.stop()


def run_init_script(access: AwsAccess, folder: Path, bucket: str, queue: str, **more: str) -> str:
    """Its last line."""
    install_awslocal(folder)
    environment = {
        **access.environment(),
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "S3_BUCKET_NAME": bucket,
        "SQS_QUEUE_NAME": queue,
        **more,
    }
    script = PROJECT / "localstack" / "init-aws.sh"
    done = subprocess.run([script], env=environment, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()[-1]


def clients(access: AwsAccess) -> tuple[Any, Any]:
    session = boto3.Session(access.access_key, access.secret_key, region_name=access.region)
    return session.client("s3", endpoint_url=access.endpoint), session.client(
        "sqs", endpoint_url=access.endpoint
    )


def attributes_of(access: AwsAccess, queue: str) -> dict[str, Any]:
    """A queue's attributes, without its own name and times."""
    _, sqs = clients(access)
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    kept = {key: value for key, value in attributes.items() if key not in VOLATILE}
    if "RedrivePolicy" in kept:
        kept["RedrivePolicy"] = json.loads(kept["RedrivePolicy"])
        kept["RedrivePolicy"]["maxReceiveCount"] = int(kept["RedrivePolicy"]["maxReceiveCount"])
    return kept


def made(access: AwsAccess, bucket: str, queue: str) -> dict[str, Any]:
    """The attributes of the bucket and both queues, without names and times."""
    s3, _ = clients(access)
    found = {
        "versioning": s3.get_bucket_versioning(Bucket=bucket).get("Status"),
        "location": s3.get_bucket_location(Bucket=bucket)["LocationConstraint"],
        "cors": s3.get_bucket_cors(Bucket=bucket)["CORSRules"],
        "lifecycle": s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"],
        "queue": attributes_of(access, queue),
        "queue_dlq": attributes_of(access, f"{queue}_dlq"),
    }
    return json.loads(json.dumps(found).replace(f"{queue}_dlq", "queue_dlq"))  # type: ignore[no-any-return]


@pytest.mark.parametrize("emulator", ["access", "ministack"])
def test_script_and_launcher_make_the_same(
    emulator: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    access: AwsAccess = request.getfixturevalue(emulator)
    said = run_init_script(access, tmp_path, "from-script", "script")
    assert said == "init-aws.sh: bucket from-script, queues script and script_dlq are ready"
    create_resources(access, "from-launcher", "launcher")
    by_script = made(access, "from-script", "script")
    assert by_script == made(access, "from-launcher", "launcher")
    cors = by_script["cors"]
    assert cors[0]["AllowedOrigins"] == ["http://127.0.0.1:*", "http://localhost:*"]
    assert cors[0]["AllowedMethods"] == ["PUT"]
    assert by_script["lifecycle"][0]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    queue = by_script["queue"]
    assert queue["VisibilityTimeout"] == "300"
    assert queue["MessageRetentionPeriod"] == str(14 * 24 * 60 * 60)
    assert queue["RedrivePolicy"]["deadLetterTargetArn"].endswith(":queue_dlq")
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 3


def test_either_may_be_repeated_and_follow_the_other(access: AwsAccess, tmp_path: Path) -> None:
    create_resources(access, "bucket-1", "queue-1")
    before = made(access, "bucket-1", "queue-1")
    for _ in range(2):
        run_init_script(access, tmp_path, "bucket-1", "queue-1")
        assert made(access, "bucket-1", "queue-1") == before
        create_resources(access, "bucket-1", "queue-1")
        assert made(access, "bucket-1", "queue-1") == before


def test_the_script_serves_other_regions(access: AwsAccess, tmp_path: Path) -> None:
    elsewhere = AwsAccess(access.endpoint, "eu-west-1")
    run_init_script(elsewhere, tmp_path, "bucket-2", "queue-2")
    assert made(elsewhere, "bucket-2", "queue-2")["location"] == "eu-west-1"


def test_the_script_makes_the_queues_that_the_settings_name(access: AwsAccess, tmp_path: Path) -> None:
    named = {"SQS_DEAD_LETTER_QUEUE_NAME": "dead", "SQS_LARGE_FILE_QUEUE_NAME": "large"}
    said = run_init_script(access, tmp_path, "bucket-3", "queue-3", VISIBILITY_TIMEOUT_SECONDS="60", **named)
    assert said == "init-aws.sh: bucket bucket-3, queues queue-3, large and dead are ready"
    jobs, large_files = attributes_of(access, "queue-3"), attributes_of(access, "large")
    assert large_files == jobs
    assert jobs["RedrivePolicy"]["deadLetterTargetArn"].endswith(":dead")
    assert jobs["VisibilityTimeout"] == "60"
    assert attributes_of(access, "dead")["MessageRetentionPeriod"] == jobs["MessageRetentionPeriod"]
    _, sqs = clients(access)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="queue-3_dlq")
