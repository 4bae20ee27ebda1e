"""S3 and SQS on this machine: the emulator as a child process, and the bucket and queues inside."""

import json
import os
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local import processes
from local.errors import StackError
from local.ports import LOOPBACK
from local.processes import Child, Command, Condition, never

if TYPE_CHECKING:  # the stubs are installed for development only
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

PROJECT = Path(__file__).resolve().parent.parent
START_TIMEOUT = 60.0

VISIBILITY_SECONDS = 300
RETENTION_SECONDS = 14 * 24 * 60 * 60
"""SQS keeps a message for at most 14 days."""
MAX_RECEIVES = 3
"""So often is a message delivered that nobody answers, as on AWS. Attempts are counted on the job, which is
sent again as a new message: this is for a message that ends its worker before it gets to a job."""
ORIGINS = ("http://127.0.0.1:*", "http://localhost:*")
"""Pages that may send files to the bucket: the dashboard's, whichever port it got. The emulator's guard knows
no others either."""
ABORT_AFTER_DAYS = 7
"""As long are parts of an upload kept that nobody finished."""


@dataclass(frozen=True)
class AwsAccess:
    """Where S3 and SQS are, and with which credentials."""

    endpoint: str
    region: str = "us-east-1"
    access_key: str = "test"
    secret_key: str = "test"  # noqa: S105  the emulator takes any

    def environment(self) -> dict[str, str]:
        """The variables by which the product finds them."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
        }


def emulator_python() -> Path:
    """The interpreter of the emulator's own environment, which run.py creates."""
    return PROJECT / ".venv-aws" / "bin" / "python"


class EmulatedAws:
    """S3 and SQS over one directory, on 127.0.0.1.

    Objects are on disk when a request ends; queues are written when the emulator is stopped, so a killed
    emulator comes back with the queues of its last orderly stop.
    """

    def __init__(self, directory: Path, log: Path, python: Path | None = None) -> None:
        """`python` is an interpreter that has ministack; the default is the one that run.py creates."""
        self._directory = directory.absolute()
        self._log = log.absolute()
        self._python = python or emulator_python()
        self._child: Child | None = None
        self._port = 0

    def start(self, port: int, cancelled: Condition = never) -> None:
        """Start on `port` and wait until S3 and SQS answer. Raises StackError where they do not."""
        if not self._python.exists():
            raise StackError(f"The emulator's environment is missing ({self._python}): start with run.py.")
        for folder in (self._directory, self._directory / "tmp", self._log.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._port = port
        self._child = Child(
            Command(
                name="aws",
                arguments=[str(self._python), "-m", "local.emulator", str(port)],
                log=self._log,
                folder=PROJECT,
                environment=self._environment(),
                grace=15.0,
            )
        )
        self._child.start()
        self._wait_until_it_answers(cancelled)

    @property
    def access(self) -> AwsAccess:
        """How to reach it."""
        return AwsAccess(f"http://{LOOPBACK}:{self._port}")

    @property
    def identity(self) -> processes.Identity | None:
        """Who the process is, once it was started."""
        return self._child.identity if self._child else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._child.exit_code if self._child else -1

    @property
    def complaint(self) -> str:
        """What it last complained about in its log since it was started."""
        return self._child.complaint if self._child else ""

    def stop(self, hurried: Condition = never) -> None:
        """Stop it in order, so that it writes its queues; at once when `hurried`."""
        if self._child is not None:
            self._child.stop(hurried)
            self._child = None

    def _environment(self) -> dict[str, str]:
        directory = self._directory
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(directory),
            "TMPDIR": str(directory / "tmp"),
            "PYTHONUNBUFFERED": "1",
            "SERVICES": "s3,sqs",
            # Queues are filed under this port, whichever it listens on: they outlive a change of port.
            "GATEWAY_PORT": "4566",
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(directory / "s3"),
            "PERSIST_STATE": "1",
            "STATE_DIR": str(directory / "state"),
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            # It would remove containers that it takes for its own: it needs none, so it gets no Docker.
            "DOCKER_HOST": f"unix://{directory / 'no-docker'}",
            processes.MARKER: str(directory),
        }

    def _wait_until_it_answers(self, cancelled: Condition) -> None:
        child = self._child
        assert child is not None
        deadline = time.monotonic() + START_TIMEOUT
        while not cancelled():
            if answers(f"{self.access.endpoint}/_ministack/health"):
                return
            if child.exit_code is not None:
                raise StackError(f"S3 and SQS did not start ({child.complaint}): see {self._log}.")
            if time.monotonic() > deadline:
                self.stop()
                raise StackError(f"S3 and SQS do not answer after {START_TIMEOUT:.0f} s: see {self._log}.")
            time.sleep(0.05)


def answers(url: str) -> bool:
    """Whether `url` gives 200 within two seconds."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  our own http address  # nosec B310
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def create_resources(
    access: AwsAccess,
    bucket: str,
    queue: str,
    visibility_seconds: int = VISIBILITY_SECONDS,
    max_receives: int = MAX_RECEIVES,
) -> None:
    """Make the bucket (versioned), the queue and its dead-letter queue what the product expects.

    May be repeated: what exists is kept with its content and brought to the same attributes.
    """
    session = boto3.Session(access.access_key, access.secret_key, region_name=access.region)
    config = Config(s3={"addressing_style": "path"}, retries={"mode": "standard", "max_attempts": 3})
    try:
        ensure_bucket(session.client("s3", endpoint_url=access.endpoint, config=config), bucket)
        sqs = session.client("sqs", endpoint_url=access.endpoint, config=config)
        ensure_queues(sqs, queue, visibility_seconds, max_receives)
    except (BotoCoreError, ClientError) as error:
        raise StackError(f"The bucket and queues could not be created: {error}") from error


def ensure_bucket(s3: "S3Client", bucket: str) -> None:
    """Create `bucket` if it is missing, keep versions of its objects, and let browsers send parts to it."""
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError:
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_cors(
        Bucket=bucket,
        CORSConfiguration={
            "CORSRules": [
                {
                    "AllowedOrigins": list(ORIGINS),
                    "AllowedMethods": ["PUT"],
                    "AllowedHeaders": ["content-type"],
                    "ExposeHeaders": ["ETag"],
                    "MaxAgeSeconds": 3600,
                }
            ]
        },
    )
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "abort-unfinished-uploads",
                    "Status": "Enabled",
                    "Filter": {"Prefix": ""},
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": ABORT_AFTER_DAYS},
                }
            ]
        },
    )


def ensure_queues(
    sqs: "SQSClient",
    queue: str,
    visibility_seconds: int = VISIBILITY_SECONDS,
    max_receives: int = MAX_RECEIVES,
) -> None:
    """Create `queue` and `{queue}_dlq` if they are missing, and set their attributes."""
    # Created without attributes: SQS refuses to create what exists with other ones.
    dead_letters = sqs.create_queue(QueueName=f"{queue}_dlq")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=dead_letters, Attributes=_dead_letter_attributes())
    arn = sqs.get_queue_attributes(QueueUrl=dead_letters, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    url = sqs.create_queue(QueueName=queue)["QueueUrl"]
    sqs.set_queue_attributes(
        QueueUrl=url, Attributes=_queue_attributes(arn, visibility_seconds, max_receives)
    )


def _dead_letter_attributes() -> "dict[QueueAttributeNameType, str]":
    return {"MessageRetentionPeriod": str(RETENTION_SECONDS)}


def _queue_attributes(
    dead_letter_arn: str, visibility_seconds: int, max_receives: int
) -> "dict[QueueAttributeNameType, str]":
    return {
        "VisibilityTimeout": str(visibility_seconds),
        "MessageRetentionPeriod": str(RETENTION_SECONDS),
        "RedrivePolicy": json.dumps(
            {"deadLetterTargetArn": dead_letter_arn, "maxReceiveCount": max_receives}
        ),
    }
